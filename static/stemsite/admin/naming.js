/* Names and keys for what the rich text editor leaves without: its text box and its row of buttons. */

const isShown = (button) => !button.classList.contains("hidden")

function nameBox(editor, textarea) {
  const label = document.querySelector(`label[for="${textarea.id}"]`)
  if (label) {
    label.id ||= `${textarea.id}_label`
    label.addEventListener("click", () => editor.commands.focus())
  }
  const attributes = { role: "textbox", "aria-multiline": "true", spellcheck: "true" }
  if (label) attributes["aria-labelledby"] = label.id
  else attributes["aria-label"] = textarea.name
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (textarea.hasAttribute(name)) attributes[name] = textarea.getAttribute(name)
  }
  editor.setOptions({ editorProps: { ...editor.options.editorProps, attributes } })
  return label?.textContent.replace(/:\s*$/, "").trim() || textarea.name
}

/** One stop for Tab, arrows within: the toolbar pattern of the ARIA practices. */
function nameToolbar(editor, toolbar, name) {
  toolbar.setAttribute("role", "toolbar")
  toolbar.setAttribute("aria-label", `Format: ${name}`)
  const buttons = Array.from(toolbar.querySelectorAll("button"))
  let stop = buttons[0]

  const draw = () => {
    if (!isShown(stop)) stop = buttons.find(isShown)
    for (const button of buttons) {
      button.tabIndex = button === stop ? 0 : -1
      button.setAttribute("aria-disabled", button.classList.contains("disabled"))
      if (/^(heading|bold|italic|sub|super|bullet|ordered)/.test(button.dataset.name ?? "")) {
        button.setAttribute("aria-pressed", button.classList.contains("active"))
      }
    }
  }

  toolbar.addEventListener("keydown", (event) => {
    const shown = buttons.filter(isShown)
    const here = shown.indexOf(document.activeElement)
    const next = {
      ArrowRight: shown[(here + 1) % shown.length],
      ArrowLeft: shown.at(here - 1),
      Home: shown[0],
      End: shown.at(-1),
    }[event.key]
    if (next) {
      event.preventDefault()
      stop = next
      draw()
      next.focus()
    } else if (event.key === "Escape") {
      editor.commands.focus()
    }
  })

  editor.view.dom.addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "F10") {
      event.preventDefault()
      stop.focus()
    }
  })

  editor.on("transaction", draw)
  draw()
}

/** Choices by autocomplete take the name of their field; select2 leaves them without. */
export function nameChoices(around) {
  for (const select of around.querySelectorAll("select.select2-hidden-accessible")) {
    const label = document.querySelector(`label[for="${select.id}"]`)
    const choice = select.nextElementSibling?.querySelector("[role=combobox]")
    if (!label || !choice) continue
    label.id ||= `${select.id}_label`
    const chosen = choice.querySelector(".select2-selection__rendered")
    choice.setAttribute("aria-labelledby", select.multiple || !chosen?.id ? label.id : `${label.id} ${chosen.id}`)
    select.nextElementSibling.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label.id)
    if (select.multiple) {
      keepList(chosen)
    } else if (chosen) {
      // It only shows what was chosen; as a text box it would need a name of its own.
      chosen.removeAttribute("role")
      chosen.removeAttribute("aria-readonly")
    }
  }
}

const columnOf = (cell) => Array.from(cell.classList).find((name) => name.startsWith("field-"))?.slice(6)

/** Cells of a table of rows take the name of their column and of their row; stock leaves them without. */
function nameCells(around) {
  for (const row of around.querySelectorAll(".tabular tr.form-row:not(.empty-form)")) {
    const first = row.querySelector("td[class^=field-] :is(select, input:not([type=hidden]))")
    const number = Array.from(row.parentElement.querySelectorAll("tr.form-row")).indexOf(row) + 1
    const rowName = first?.selectedOptions?.[0]?.textContent.trim() || first?.value || `row ${number}`
    for (const cell of row.querySelectorAll("td[class^=field-]")) {
      const column = row.closest("table").querySelector(`th.column-${columnOf(cell)}`)?.textContent.trim()
      const field = cell.querySelector("select, input:not([type=hidden]), textarea")
      if (column && field) field.setAttribute("aria-label", field === first ? column : `${column}: ${rowName}`)
    }
    row.querySelector("td.delete input[type=checkbox]")?.setAttribute("aria-label", `Delete: ${rowName}`)
  }
  for (const head of around.querySelectorAll(".tabular th.original:empty")) {
    head.replaceWith(Object.assign(document.createElement("td"), { className: "original" }))
  }
}

/** select2 puts its placeholder and its "clear all" among the items of a list; they are none. */
function keepList(list) {
  const tidy = () => {
    list.querySelector(":scope > .select2-selection__placeholder:empty")?.remove()
    const clear = list.querySelector(":scope > .select2-selection__clear")
    if (clear) list.after(clear)
  }
  new MutationObserver(tidy).observe(list, { childList: true })
  tidy()
}

export function nameEditors() {
  // On jQuery's queue, behind the script that makes the choices.
  const nameFields = (around) => {
    nameChoices(around)
    nameCells(around)
  }
  window.django.jQuery(() => setTimeout(() => nameFields(document)))
  document.addEventListener("formset:added", ({ target }) => setTimeout(() => nameFields(target.parentElement)))
  document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
    const name = nameBox(editor, textarea)
    const finish = () => {
      const toolbar = editor.view.dom.parentElement.querySelector(".prose-menubar")
      if (toolbar?.querySelector("button")) nameToolbar(editor, toolbar, name)
    }
    if (editor.isInitialized) finish()
    else editor.on("create", finish)
  })
}
