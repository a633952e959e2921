/* Citation numbers as readers will see them: by first appearance over the whole page, in section order.
 *
 * The texts are read from the textareas, which hold exactly what a save would store. */

const TEXTS = "textarea[data-django-prose-editor-configurable]"

const labels = new Map()
const primaries = new Map()
const parsed = new WeakMap()
let address = ""
let asking = false
let waiting = false

/** What the library says about source `id`: undefined while unasked, null where it has none. */
export const labelOf = (id) => labels.get(id)

export function remember(source) {
  labels.set(source.id, source)
}

function citedIn(textarea) {
  const known = parsed.get(textarea)
  if (known?.html === textarea.value) return known.ids
  const text = new DOMParser().parseFromString(textarea.value, "text/html")
  const ids = Array.from(text.querySelectorAll("cite[data-ref]"), (mark) => Number(mark.dataset.ref))
  parsed.set(textarea, { html: textarea.value, ids })
  return ids
}

const isDraft = (field) => !field.id.includes("__prefix__") && !field.closest(".for-deletion")

function studyOf(textarea) {
  const select = textarea.closest(".inline-related")?.querySelector('select[name$="-study"]')
  return select?.value ? Number(select.value) : 0
}

const pageStudies = () =>
  Array.from(document.querySelectorAll(TEXTS)).filter(isDraft).map(studyOf).filter(Boolean)

/** Ids in reading order, up to the text `until` where given; a study card cites its source below its text. */
function* sequence(until) {
  const primary = Number(document.querySelector("select#id_primary")?.value)
  if (primary) yield primary
  for (const textarea of document.querySelectorAll(TEXTS)) {
    if (textarea === until) return
    if (!isDraft(textarea)) continue
    yield* citedIn(textarea)
    const study = studyOf(textarea)
    if (primaries.get(study)) yield primaries.get(study)
  }
}

function numbered(ids) {
  const numbers = new Map()
  for (const id of ids) {
    if (labels.get(id) !== null && !numbers.has(id)) numbers.set(id, numbers.size + 1)
  }
  return numbers
}

/** The number that source `id` would get when cited in `textarea` after `idsBefore`. */
export function numberAt(textarea, idsBefore, id) {
  const numbers = numbered([...sequence(textarea), ...idsBefore])
  return numbers.get(id) ?? numbers.size + 1
}

function drawMark(mark, numbers) {
  const id = Number(mark.dataset.ref)
  const source = labels.get(id)
  const number = numbers.get(id)
  const name = source === null ? "unknown source: cite again" : (source?.short ?? "source")
  const place = mark.dataset.loc ? `, ${mark.dataset.loc}` : ""
  const warning = source?.warning ? ` (${source.warning})` : ""
  const text = `[${number ?? "?"}] ${name}${place}${warning}`
  if (mark.textContent !== text) mark.textContent = text
  mark.title = source?.title ?? ""
  mark.classList.toggle("citation--warning", source === null || Boolean(source?.warning))
}

/** Draw every mark of the page anew, and ask for what is not known yet. */
export function renumber() {
  waiting = false
  const ids = [...sequence()]
  const numbers = numbered(ids)
  for (const mark of document.querySelectorAll("cite.citation")) drawMark(mark, numbers)
  ask([...new Set(ids)].filter((id) => !labels.has(id)), pageStudies().filter((id) => !primaries.has(id)))
}

export function schedule() {
  if (waiting) return
  waiting = true
  requestAnimationFrame(renumber)
}

async function ask(ids, studies) {
  if (asking || !address || !(ids.length || studies.length)) return
  asking = true
  try {
    const answer = await fetch(`${address}?${new URLSearchParams({ ids: ids.join(), studies: studies.join() })}`)
    if (!answer.ok) return
    const found = await answer.json()
    for (const id of ids) labels.set(id, found.labels[id] ?? null)
    for (const id of studies) primaries.set(id, found.studies[id] ?? null)
    schedule()
  } catch {
    // Without an answer the marks keep their numbers; the next change asks again.
  } finally {
    asking = false
  }
}

/** Begin, once, with the address that knows labels. */
export function start(searchUrl) {
  if (!address) {
    address = searchUrl
    document.addEventListener("input", schedule)
    document.addEventListener("change", schedule)
    // select2 tells of a choice through jQuery alone.
    window.django?.jQuery?.(document).on("change", 'select[name$="-study"], select#id_primary', schedule)
    document.addEventListener("stemsite:sections", schedule)
  }
  schedule()
}
