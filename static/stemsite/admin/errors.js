/* After a failed save: one summary that has the focus, names every problem and leads to its field. */

import { kindOf, nameOf } from "./rows.js"

const plain = (element) => element?.textContent.replace(/\s+/g, " ").replace(/:\s*$/, "").trim() ?? ""

function sectionName(list) {
  const row = list.closest(".inline-related")
  if (!row) return ""
  return row.querySelector(".section-toggle") ? `${kindOf(row)}, ${nameOf(row)}` : plain(row.querySelector("h3"))
}

function fieldOf(list) {
  const row = list.closest(".form-row, .inline-related, .js-inline-admin-formset")
  return row?.querySelector("textarea, select, input:not([type=hidden])")
}

function labelOf(list, field) {
  const own = list.closest(".form-row") && field?.id && document.querySelector(`label[for="${field.id}"]`)
  return own ? plain(own) : ""
}

/** Open whatever hides `field`, then put the focus where one types. */
export function reveal(field) {
  const row = field.closest(".inline-related")
  row?.classList.remove("collapsed")
  row?.dispatchEvent(new CustomEvent("stemsite:open", { bubbles: true }))
  for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true
  if (field.matches("textarea[data-django-prose-editor-configurable]") && !boxOf(field)) {
    // The editor is still being made.
    field.addEventListener("prose-editor:ready", () => reveal(field), { once: true })
    return
  }
  const target = boxOf(field) ?? choiceOf(field) ?? field
  target.scrollIntoView({ block: "center" })
  target.focus({ preventScroll: true })
}

const boxOf = (field) => field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")

const choiceOf = (field) =>
  field.classList.contains("select2-hidden-accessible") ? field.nextElementSibling.querySelector("[tabindex]") : null

function entry(list, message) {
  const field = fieldOf(list)
  const item = document.createElement("li")
  const words = [sectionName(list), labelOf(list, field), plain(message)].filter(Boolean).join(": ")
  if (!field) {
    item.textContent = words
    return item
  }
  const link = document.createElement("a")
  link.href = `#${field.id}`
  link.textContent = words
  link.addEventListener("click", (event) => {
    event.preventDefault()
    reveal(field)
  })
  item.append(link)
  return item
}

export function summarizeErrors(form) {
  const note = form.querySelector(".errornote")
  if (!note) return
  const conflict = form.querySelector(".conflict, .recovered")
  if (conflict) for (const list of form.querySelectorAll(".errorlist.nonfield")) list.remove()
  const lists = Array.from(form.querySelectorAll(".errorlist")).filter((list) => !list.closest(".empty-form"))
  document.title = `Not saved: ${document.title}`
  if (conflict && lists.length === 0) {
    // The panel says it all, and better.
    note.remove()
    conflict.tabIndex = -1
    conflict.focus()
    return
  }
  const summary = document.createElement("section")
  summary.className = "error-summary"
  summary.tabIndex = -1
  summary.setAttribute("aria-labelledby", "error-summary-title")
  const title = document.createElement("h2")
  title.id = "error-summary-title"
  title.textContent = "Nothing was saved yet"
  const help = document.createElement("p")
  help.textContent = "Everything you typed is still here. Please correct:"
  const items = document.createElement("ul")
  items.append(...lists.flatMap((list) => Array.from(list.children, (message) => entry(list, message))))
  summary.append(title, help, items)
  note.replaceWith(summary)
  summary.focus()
}
