/* Section rows as data: their names, values and places. No buttons here. */

const NOT_COPIED = new Set(["id", "parent", "ordering", "region", "DELETE"])

export const kindOf = (row) => row.querySelector(":scope > h3 b").textContent.replace(/:\s*$/, "").trim()

/** What stands in a field of `row`, whether it can be written or only read. */
function shown(row, field) {
  const typed = row.querySelector(`[name$="-${field}"]`)
  if (!typed) return row.querySelector(`.field-${field} .readonly`)?.textContent.trim().replace(/^-$/, "") ?? ""
  if (typed.tagName !== "TEXTAREA") return typed.value.trim()
  return new DOMParser().parseFromString(typed.value, "text/html").body.textContent.trim()
}

/** What a section is called: its heading, else its first words. */
export function nameOf(row) {
  const words = (shown(row, "heading") || shown(row, "html")).split(/\s+/)
  if (!words[0]) return "without heading"
  return shown(row, "heading") || `${words.slice(0, 6).join(" ")}${words.length > 6 ? " …" : ""}`
}

const fieldName = (field) => field.name.match(/-(?:\d+|__prefix__)-(\w+)$/)?.[1]

const fieldsOf = (row) =>
  Array.from(row.querySelectorAll("input, select, textarea")).filter(
    (field) => fieldName(field) && !NOT_COPIED.has(fieldName(field)),
  )

/** What somebody wrote into `row`: not its identity, not its place. */
export function valuesOf(row) {
  return new Map(
    fieldsOf(row).map((field) => [
      fieldName(field),
      { value: field.value, checked: field.checked, text: field.selectedOptions?.[0]?.textContent },
    ]),
  )
}

/** Write `values` into a new row, before its editors read their texts. */
export function fill(row, values) {
  for (const field of fieldsOf(row)) {
    const held = values.get(fieldName(field))
    if (!held) continue
    if (field.type === "checkbox") field.checked = held.checked
    else if (field.tagName === "SELECT" && held.value && !Array.from(field.options).some((option) => option.value === held.value)) {
      // Choices by autocomplete are loaded when asked for: bring the chosen one along.
      field.append(new Option(held.text, held.value, true, true))
    } else field.value = held.value
    if (field.tagName === "SELECT") window.django.jQuery(field).trigger("change")
  }
}
