/* "?" opens the list of shortcuts over any screen, unless somebody types or has switched shortcuts off. */

const way = document.querySelector("#keys-way")
const typing = "input, textarea, select, [contenteditable=true], dialog[open]"

let dialog

async function build() {
  const answer = await fetch(way.href, { redirect: "error" })
  if (!answer.ok) throw new Error(answer.statusText)
  const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#keys-list")
  list.removeAttribute("id")
  dialog = document.createElement("dialog")
  dialog.className = "finder-dialog keys"
  dialog.setAttribute("aria-labelledby", "keys-title")
  const title = document.createElement("h2")
  title.id = "keys-title"
  title.textContent = "Keyboard shortcuts"
  title.tabIndex = -1
  title.autofocus = true // The buttons stand below the list: a phone would open it at its end.
  for (const heading of list.querySelectorAll("h2")) {
    const lower = document.createElement("h3")
    lower.textContent = heading.textContent
    heading.replaceWith(lower)
  }
  const foot = document.createElement("p")
  const change = document.createElement("a")
  change.href = way.href
  change.textContent = "Switch shortcuts off"
  const close = document.createElement("button")
  close.type = "button"
  close.textContent = "Close"
  close.addEventListener("click", () => dialog.close())
  foot.className = "keys-foot"
  foot.append(close, change)
  dialog.append(title, list, foot)
  document.body.append(dialog)
}

async function open() {
  try {
    if (!dialog) await build()
    if (!dialog.open) dialog.showModal()
  } catch {
    // Without an answer the list is a page like others.
    way.focus()
  }
}

if (way && !("off" in way.dataset)) {
  way.setAttribute("aria-keyshortcuts", "?")
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.defaultPrevented || event.isComposing) return
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(typing)) return
    event.preventDefault()
    open()
  })
}
