/* What is pasted from Word, Google Docs, Outlook or the web, in the marks of our sections (PUB-94, PUB-95).
 *
 * The server does the same to what it imports (stemsite/publishing/pasting/); tests hold both to one result over a
 * corpus. Whoever changes one changes the other. */

const words = (text) => new Set(text.split(" "))

const HEADINGS = { h1: 1, h2: 2, h3: 3, h4: 4, h5: 5, h6: 6 }
const BLOCKS = words(
  "p div section article header footer main aside nav blockquote pre address figure figcaption center dl dt dd fieldset form details summary caption li tr td th",
)
const INLINE = words("a b strong i em span font u ins sub sup cite small big mark abbr q code kbd label s strike")
const OTHER = words("ul ol table thead tbody tfoot br")
const GONE = words(
  "script style template iframe object embed svg math noscript textarea title xml del select button video audio",
)

const SPACE = /[ \t\n\r\f\u00a0\u2000-\u200a\u202f\u3000]+/g
const INVISIBLE = /[\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]/g
const BULLET = /^(?:[·•▪◦‣●○][ ]*)+/
const NUMBER = /^\(?[0-9a-zA-Z]{1,5}[.)]$/
const LEVEL = /level([1-9])/
const TRACKING = /^(utm_[a-z]+|fbclid|gclid|dclid|msclkid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|yclid|twclid)=/
const REDIRECT = /^https?:\/\/(?:www\.google\.[a-z.]+\/url\?|[a-z0-9.]+\.safelinks\.protection\.outlook\.com\/\?)(.*)$/
const TARGET = /(?:^|&)(?:q|url)=(https?(?::|%3A)[^&]*)/i
const ENCODED = /^(?:[^%]|%[0-9a-fA-F]{2})*$/
const ADDRESS = /^(?:https?:\/\/[^\s\\]+|mailto:[^\s\\]+|tel:[^\s\\]+|\/(?!\/)[^\s\\]*)$/i
const REFERENCE = /^[1-9][0-9]{0,15}$/
const SPAN = /^(?:[2-9]|[1-9][0-9])$/

const PLAIN = { bold: false, italic: false, shift: "", href: "" }
const BREAK = { text: "\n", marks: PLAIN }

const isKnown = (tag) => tag in HEADINGS || BLOCKS.has(tag) || INLINE.has(tag) || OTHER.has(tag)
const tagOf = (node) => node.localName
const kindOf = (node) => (node.getAttribute("class") ?? "").toLowerCase()
const trimStart = (text) => text.replace(/^ +/, "")
const trimEnd = (text) => text.replace(/ +$/, "")

function styleOf(node) {
  const found = {}
  for (const part of (node.getAttribute("style") ?? "").toLowerCase().split(";")) {
    const at = part.indexOf(":")
    const value = at < 0 ? "" : part.slice(at + 1).trim()
    if (value) found[part.slice(0, at).trim()] = value
  }
  return found
}

export function normalise(html) {
  const page = new DOMParser().parseFromString(`<!doctype html>${html.replaceAll("\0", "")}`, "text/html")
  const blocks = nested(read([page.body], PLAIN))
  const levels = blocks.filter(({ level }) => level).map(({ level }) => level)
  const top = Math.min(...levels)
  return blocks.map((block) => write(block, top)).join("")
}

// -- reading ---------------------------------------------------------------------------------

function read(nodes, marks) {
  const reader = new Reader()
  reader.walk(nodes, marks)
  reader.flush()
  return reader.blocks
}

class Reader {
  blocks = []
  runs = []

  walk(nodes, marks) {
    for (const child of nodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        join(this.runs, { text: child.data.replace(INVISIBLE, "").replace(SPACE, " "), marks })
      } else if (child.nodeType === Node.ELEMENT_NODE && !GONE.has(tagOf(child))) {
        if (!isKnown(tagOf(child))) this.walk(child.childNodes, marks)
        else if (!isHidden(child)) this.element(child, marksOf(child, marks))
      }
    }
  }

  element(node, marks) {
    const tag = tagOf(node)
    if (tag === "br") this.runs.push(BREAK)
    else if (tag === "cite" && REFERENCE.test(node.dataset.ref ?? "")) this.runs.push({ text: "", marks: PLAIN, cite: citation(node) })
    else if (tag === "ul" || tag === "ol") {
      this.flush()
      const list = readList(node)
      if (list.items.length) this.blocks.push(list)
    } else if (tag === "table") {
      this.flush()
      this.table(node)
    } else if (tag === "thead" || tag === "tbody" || tag === "tfoot") this.walk(node.childNodes, marks)
    else if (tag in HEADINGS || (tag === "p" && kindOf(node).includes("msotitle"))) {
      this.flush()
      const text = plain(read(node.childNodes, PLAIN))
      if (text) this.blocks.push({ runs: [{ text, marks: PLAIN }], level: HEADINGS[tag] ?? 1 })
    } else if (BLOCKS.has(tag)) {
      this.flush()
      this.walk(node.childNodes, marks)
      this.flush(node)
    } else this.walk(node.childNodes, marks)
  }

  table(node) {
    const rows = readRows(node, false).filter((row) => row.some(({ blocks }) => blocks.length))
    const cells = rows.reduce((sum, row) => sum + row.length, 0)
    if (cells === 1) this.blocks.push(...rows[0][0].blocks)
    else if (rows.length) this.blocks.push({ rows })
  }

  flush(node) {
    const listed = (node && styleOf(node)["mso-list"]) ?? ""
    const parts = [[]]
    this.runs.forEach((run, index) => {
      if (run === BREAK && index && this.runs[index - 1] === BREAK) parts.push([])
      else parts.at(-1).push(run)
    })
    this.runs = []
    for (const part of parts) this.end(part, node, listed.includes("ignore") ? "" : listed)
  }

  end(part, node, listed) {
    const marker = node && listed ? markerOf(node) : ""
    let runs = tidy(part)
    const typed = isBulleted(runs)
    while (isBulleted(runs)) runs = tidy([{ ...runs[0], text: runs[0].text.replace(BULLET, "") }, ...runs.slice(1)])
    if (!runs.length) return
    const level = LEVEL.exec(listed)
    if (level) this.blocks.push({ runs, depth: Number(level[1]), ordered: NUMBER.test(marker) })
    else if (typed) this.blocks.push({ runs, depth: 1, ordered: false })
    else this.blocks.push({ runs })
  }
}

/** Whether somebody typed a bullet before the words. */
const isBulleted = (runs) => runs.length > 0 && !runs[0].cite && BULLET.test(runs[0].text)

/** Markers of Word's lists, its comments and deletions, and what a page does not show. */
function isHidden(node) {
  const style = styleOf(node)
  return (
    style.display === "none" ||
    style["mso-hide"] === "all" ||
    style.visibility === "hidden" ||
    (style["mso-list"] ?? "").includes("ignore") ||
    (style["mso-element"] ?? "").includes("comment") ||
    ["msodel", "msocom", "visually-hidden", "sr-only"].some((kind) => kindOf(node).includes(kind))
  )
}

/** What Word wrote before a list item: a bullet, or a number. */
function markerOf(node) {
  for (const child of node.children) {
    if (GONE.has(tagOf(child))) continue
    if (isKnown(tagOf(child)) && (styleOf(child)["mso-list"] ?? "").includes("ignore")) return child.textContent.replace(SPACE, "")
    const found = markerOf(child)
    if (found) return found
  }
  return ""
}

function marksOf(node, marks) {
  const style = styleOf(node)
  const tag = tagOf(node)
  let bold = marks.bold || tag === "b" || tag === "strong"
  let italic = marks.italic || tag === "i" || tag === "em"
  let shift = tag === "sub" || tag === "sup" ? tag : marks.shift
  const weight = style["font-weight"] ?? ""
  if (["normal", "400", "300", "lighter"].includes(weight)) bold = false
  if (["bold", "bolder", "600", "700", "800", "900"].includes(weight)) bold = true
  const slant = style["font-style"] ?? ""
  if (slant === "normal") italic = false
  if (["italic", "oblique"].includes(slant)) italic = true
  const place = style["vertical-align"] ?? ""
  if (place === "super") shift = "sup"
  if (place === "sub") shift = "sub"
  return { bold, italic, shift, href: tag === "a" ? address(node.getAttribute("href") ?? "") : marks.href }
}

/** `href` as it is kept: behind redirects, without what follows people about; empty where it leads nowhere safe. */
export function address(href) {
  let found = href.trim()
  const target = TARGET.exec(REDIRECT.exec(found)?.[1] ?? "")
  if (target) found = decoded(target[1])
  if (!ADDRESS.test(found)) return ""
  const at = found.indexOf("?")
  if (at < 0) return found
  const rest = found.slice(at + 1)
  const hash = rest.indexOf("#")
  const query = hash < 0 ? rest : rest.slice(0, hash)
  const kept = query.split("&").filter((part) => part && !TRACKING.test(part)).join("&")
  return `${found.slice(0, at)}${kept ? "?" : ""}${kept}${hash < 0 ? "" : rest.slice(hash)}`
}

function decoded(text) {
  if (!ENCODED.test(text)) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function citation(node) {
  const place = (node.dataset.loc ?? "").replace(SPACE, " ").trim().slice(0, 40)
  return `<cite data-ref="${node.dataset.ref}"${place ? ` data-loc="${quoted(place)}"` : ""}></cite>`
}

function readList(node) {
  const items = []
  for (const part of partsOf(node)) {
    const blocks = small(nested(read(part, PLAIN)))
    if (!blocks.length) continue
    if (!blocks[0].items) items.push(blocks)
    // A list in a list, or in an item without words: it belongs to the item before.
    else if (items.length) items.at(-1).push(...blocks)
    else {
      items.push(...blocks[0].items)
      items.at(-1).push(...blocks.slice(1))
    }
  }
  return { ordered: tagOf(node) === "ol", items }
}

/** Children, those of unknown elements in their place. */
function* known(node) {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.ELEMENT_NODE && !isKnown(tagOf(child)) && !GONE.has(tagOf(child))) yield* known(child)
    else yield child
  }
}

/** Items and inner lists one by one, and what stands loose between them together. */
function partsOf(node) {
  const parts = []
  let loose = []
  for (const child of known(node)) {
    if (["li", "ul", "ol"].includes(child.localName)) {
      parts.push(loose, [child])
      loose = []
    } else loose.push(child)
  }
  return [...parts, loose]
}

/** What an item or a cell can hold: paragraphs and lists. */
function small(blocks) {
  return blocks.flatMap((block) => {
    if (block.rows) return block.rows.flatMap((row) => row.flatMap((cell) => small(cell.blocks)))
    return block.level ? [{ runs: block.runs }] : [block]
  })
}

function readRows(node, head) {
  return Array.from(node.children).flatMap((child) => {
    const tag = tagOf(child)
    if (tag === "thead" || tag === "tbody" || tag === "tfoot") return readRows(child, tag === "thead")
    if (tag !== "tr") return []
    const cells = Array.from(child.children).filter((cell) => tagOf(cell) === "td" || tagOf(cell) === "th")
    return [cells.map((cell) => ({ opening: opening(cell, head), blocks: small(nested(read(cell.childNodes, PLAIN))) }))]
  })
}

function opening(cell, head) {
  const spans = ["colspan", "rowspan"].filter((name) => SPAN.test(cell.getAttribute(name) ?? ""))
  return `${head ? "th" : tagOf(cell)}${spans.map((name) => ` ${name}="${cell.getAttribute(name)}"`).join("")}`
}

// -- tidying ---------------------------------------------------------------------------------

const isAlike = (one, other) =>
  one.bold === other.bold && one.italic === other.italic && one.shift === other.shift && one.href === other.href

/** One space between words, none at the edges, neighbours alike as one, and no link of a space alone. */
function tidy(runs) {
  const found = []
  for (const run of runs) {
    const last = found.at(-1)
    if (run === BREAK) {
      if (last && last !== BREAK) {
        stripEnd(found)
        found.push(run)
      }
      continue
    }
    const atEdge = !last || last === BREAK || (!last.cite && last.text.endsWith(" "))
    const text = atEdge && !run.cite ? trimStart(run.text) : run.text
    if (!run.cite && !text) continue
    const marks = text === " " ? { ...PLAIN, href: run.marks.href } : run.marks
    if (last?.text === " " && last.marks.href && !isAlike(last.marks, marks)) {
      found.pop()
      join(found, { text: " ", marks: PLAIN })
    }
    join(found, { text, marks, cite: run.cite })
  }
  stripEnd(found)
  while (found.at(-1) === BREAK) {
    found.pop()
    stripEnd(found)
  }
  return found
}

/** `run` at the end of `runs`, as one with the last where both are alike, one space between. */
function join(runs, run) {
  const last = runs.at(-1) ?? BREAK
  if (last === BREAK || last.cite || run.cite || !isAlike(last.marks, run.marks)) runs.push(run)
  else runs[runs.length - 1] = { text: (last.text + run.text).replace(SPACE, " "), marks: run.marks }
}

function stripEnd(runs) {
  while (runs.length && runs.at(-1) !== BREAK && !runs.at(-1).cite) {
    const text = trimEnd(runs.at(-1).text)
    if (text) {
      runs[runs.length - 1] = { ...runs.at(-1), text }
      return
    }
    runs.pop()
  }
}

/** The words of a heading: nothing else stands in one, and no bullet before them. */
function plain(blocks) {
  const texts = small(blocks).filter(({ runs }) => runs).map(({ runs }) => `${runs.map(({ text }) => text).join("")} `)
  return texts.join("").replace(SPACE, " ").trim().replace(BULLET, "")
}

/** Word's list paragraphs as lists within lists. */
function nested(blocks) {
  const found = []
  let open = []
  for (const block of blocks) {
    if (!block.depth) {
      found.push(block)
      open = []
      continue
    }
    open = open.slice(0, block.depth)
    if (open.length === block.depth && block.depth === 1 && open[0].ordered !== block.ordered) open = []
    while (open.length < block.depth) {
      const inner = { ordered: block.ordered, items: [] }
      if (open.length && open.at(-1).items.length) open.at(-1).items.at(-1).push(inner)
      else if (open.length) break
      else found.push(inner)
      open.push(inner)
    }
    open.at(-1).items.push([{ runs: block.runs }])
  }
  return found
}

// -- writing ---------------------------------------------------------------------------------

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
const quoted = (text) => escaped(text).replaceAll('"', "&quot;")
const all = (blocks) => blocks.map((block) => write(block, 0)).join("")

function write(block, top) {
  if (block.level) {
    const tag = block.level === top ? "h3" : "h4"
    return `<${tag}>${escaped(block.runs[0].text)}</${tag}>`
  }
  if (block.runs) return `<p>${block.runs.map(inline).join("")}</p>`
  if (block.items) {
    const tag = block.ordered ? "ol" : "ul"
    return `<${tag}>${block.items.map((item) => `<li>${all(item)}</li>`).join("")}</${tag}>`
  }
  const cell = ({ opening, blocks }) => `<${opening}>${all(blocks) || "<p></p>"}</${opening.split(" ")[0]}>`
  return `<table><tbody>${block.rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</tbody></table>`
}

function inline(run) {
  if (run === BREAK) return "<br>"
  if (run.cite) return run.cite
  const { bold, italic, shift, href } = run.marks
  let text = escaped(run.text)
  if (shift) text = `<${shift}>${text}</${shift}>`
  if (italic) text = `<em>${text}</em>`
  if (bold) text = `<strong>${text}</strong>`
  return href ? `<a href="${quoted(href)}">${text}</a>` : text
}

// -- in the editor ---------------------------------------------------------------------------

/** Every editor takes what is pasted through this; what was copied from another of ours stays as it is. */
export function cleanPastes() {
  document.addEventListener("prose-editor:ready", ({ detail: { editor } }) => {
    const transformPastedHTML = (html) => (html.includes("data-pm-slice") ? html : normalise(html))
    editor.setOptions({ editorProps: { ...editor.options.editorProps, transformPastedHTML } })
  })
}
