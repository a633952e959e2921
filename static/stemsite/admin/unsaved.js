/* What a form holds, and whether that differs from what it was opened with. Leaving with changes asks first. */

const NOT_CONTENT = new Set(["csrfmiddlewaretoken", "buffer_key", "_save", "_continue", "_addanother"])

/** What an editor would write for a text nobody touched, so that typing and taking back counts as unchanged. */
const untouched = new WeakMap()

function currently(form) {
  const values = []
  for (const field of form.elements) {
    if (!field.name || NOT_CONTENT.has(field.name) || field.name.includes("__prefix__")) continue
    if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue
    if (field.type === "submit" || field.type === "button") continue
    const text = untouched.get(field)
    const value = text && field.value === text.written ? text.stored : field.value
    values.push([field.name, field.multiple ? Array.from(field.selectedOptions, (option) => option.value) : value])
  }
  return JSON.stringify(values.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)))
}

/** Every field as the browser would send it, in its order. */
export function fieldsOf(form) {
  const pairs = Array.from(new FormData(form))
  return pairs.filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && !name.includes("__prefix__"))
}

export function guardUnsaved(form) {
  const failed = Boolean(document.querySelector(".errornote"))
  let atFirst = currently(form)
  let leaving = false

  document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
    untouched.set(textarea, { stored: textarea.value, written: textarea.value && editor.getHTML() })
  })
  // Scripts of the stock admin fill in fields (slugs, dates) and sections take their order before anybody types.
  const settle = () => {
    atFirst = currently(form)
  }
  document.addEventListener("content-editor:ready", settle)
  window.addEventListener("load", settle)

  form.addEventListener("submit", (event) => {
    leaving = !event.defaultPrevented
  })
  window.addEventListener("pageshow", () => {
    leaving = false
  })
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (failed || currently(form) !== atFirst)) event.preventDefault()
  })

  return {
    now: () => currently(form),
    isChanged: () => failed || currently(form) !== atFirst,
    leave: (is = true) => {
      leaving = is
    },
  }
}
