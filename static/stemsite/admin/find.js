/* Find-everywhere over any page: Ctrl-K opens it, arrows walk through what was found, Enter goes there, Escape leaves. */

const PAUSE = 200

const way = document.querySelector("#find-way")

let dialog, words, found, news
let asked = 0
let timer
let enterWaits = false

const make = (tag, attributes = {}, children = []) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

function build() {
  words = make("input", {
    id: "finder-words",
    // Not "search": Escape would empty it before it leaves the dialog.
    type: "text",
    inputmode: "search",
    maxlength: "200",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "finder-keys",
  })
  news = make("p", { role: "status", class: "finder-news" })
  found = make("div", { class: "finder-found" })
  dialog = make("dialog", { class: "finder finder-dialog", "aria-labelledby": "finder-title" }, [
    make("h2", { id: "finder-title" }, ["Find"]),
    make("label", { for: "finder-words" }, ["Words, a phrase, part of a DOI, or what you want to do"]),
    words,
    make("p", { id: "finder-keys", class: "finder-about" }, ["Down and up walk through what is found, Enter goes there, Escape leaves."]),
    news,
    found,
    make("p", {}, [make("button", { type: "button", class: "finder-close" }, ["Close"])]),
  ])
  dialog.querySelector(".finder-close").addEventListener("click", () => dialog.close())
  dialog.addEventListener("keydown", key)
  words.addEventListener("input", typed)
  document.body.append(dialog)
}

function open() {
  if (!dialog) build()
  if (dialog.open) return
  dialog.showModal()
  words.select()
}

function typed() {
  asked += 1
  enterWaits = false
  clearTimeout(timer)
  timer = setTimeout(search, PAUSE)
}

async function search() {
  const question = ++asked
  const body = new FormData()
  body.set("words", words.value)
  body.set("part", "found")
  body.set("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]").value)
  let html = null
  try {
    const answer = await fetch(way.href, { method: "POST", body, redirect: "error" })
    if (answer.ok) html = await answer.text()
  } catch {
    // Told below.
  }
  // An answer to an earlier question is no answer to this one.
  if (question !== asked) return
  show(html)
}

function show(html) {
  if (html === null) {
    found.replaceChildren()
    news.textContent = "The site did not answer. Try again, or reload the page."
    return
  }
  const part = new DOMParser().parseFromString(html, "text/html").body
  const said = part.querySelector(".finder-news")
  said?.remove()
  found.replaceChildren(...part.childNodes)
  news.textContent = said?.textContent ?? ""
  timer = null
  if (enterWaits) links()[0]?.click()
  enterWaits = false
}

const links = () => Array.from(found.querySelectorAll("a, button"))

function key(event) {
  if (event.key === "Enter" && event.target === words) {
    event.preventDefault()
    if (timer) {
      clearTimeout(timer)
      enterWaits = true
      search()
    } else {
      links()[0]?.click()
    }
    return
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step) return
  event.preventDefault()
  const all = [words, ...links()]
  const next = all[Math.max(0, all.indexOf(document.activeElement)) + step]
  next?.focus()
  next?.scrollIntoView?.({ block: "nearest" })
}

if (way) {
  way.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    open()
  })
}

// Whoever switched shortcuts off opens it by its link.
if (way && !document.querySelector("#keys-way[data-off]")) {
  way.setAttribute("aria-keyshortcuts", "Control+K")
  document.addEventListener("keydown", (event) => {
    // The text editor has a use of its own for these keys: a link.
    if (event.defaultPrevented || event.isComposing || event.altKey || event.shiftKey) return
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return
    if (event.target.closest?.("[contenteditable=true], dialog[open]")) return
    event.preventDefault()
    open()
  })
}
