/* What the checks say of the text beside its preview; each finding leads to its words in the form (PUB-36). */

import { reveal } from "stemsite/errors"

const WEIGHTS = { block: "Stops it", warn: "Look at it", info: "Hint" }
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
const REMEMBERED = "stemsite:checks"
const TEXTS = "textarea, input[type=text], input:not([type])"

const make = (name, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(name), attributes)
  element.append(...children)
  return element
}

const boxOf = (field) => field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")

/** Letters as the checks read them, each with the place it came from. */
function lettersOf(pieces) {
  const letters = []
  for (const { text, node } of pieces) {
    for (let at = 0; at < text.length; at += 1) {
      let letter = text[at].normalize("NFKC")
      if ("‘’‚′".includes(letter)) letter = "'"
      else if ("“”„″".includes(letter)) letter = '"'
      else if ("‐‑‒–—−".includes(letter)) letter = "-"
      if (/\s/.test(letter)) {
        if (letters.length && letters.at(-1).letter === " ") continue
        letter = " "
      }
      for (const one of letter) letters.push({ letter: one, node, at })
    }
  }
  return letters
}

function piecesOf(field) {
  const box = boxOf(field)
  if (!box) return [{ text: field.value, node: field }]
  const pieces = []
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("cite")) pieces.push({ text: walker.currentNode.data, node: walker.currentNode })
  return pieces
}

/** Where `quote` stands in `field`: its first and last letter. */
function find(field, quote) {
  const letters = lettersOf(piecesOf(field))
  const start = quote ? letters.map(({ letter }) => letter).join("").indexOf(quote) : -1
  return start < 0 ? null : [letters[start], letters[start + quote.length - 1]]
}

function select(field, [first, last]) {
  const box = boxOf(field)
  if (!box) {
    field.setSelectionRange(first.at, last.at + 1)
    return
  }
  box.focus({ preventScroll: true })
  getSelection().setBaseAndExtent(first.node, first.at, last.node, last.at + 1)
  first.node.parentElement.scrollIntoView({ block: "center" })
}

/** To the field or section named `place`, and in it to the words of `quote`, which are marked. */
export function jump(place, quote) {
  const home = document.getElementById(place)
  if (!home) return
  const fields = home.matches(TEXTS) ? [home] : Array.from(home.querySelectorAll(TEXTS)).filter((field) => field.type !== "hidden")
  const found = fields.map((field) => [field, find(field, quote)]).find(([, where]) => where)
  if (found) {
    reveal(found[0])
    select(...found)
  } else reveal(home.classList.contains("inline-related") ? home.querySelector("button") : home)
}

/** What is mended on a screen of its own. */
const away = (url) => (url ? [" ", make("a", { href: url, target: "_blank", textContent: "Open its screen" })] : [])

function wasOpen() {
  try {
    return localStorage.getItem(REMEMBERED) !== "closed"
  } catch {
    return true
  }
}

export class Checks {
  constructor({ axe, leave, ask }) {
    this.axe = axe
    this.leave = leave
    this.heading = make("summary", { textContent: "Checks" })
    this.body = make("div", { className: "checks-body" })
    this.seen = make("div")
    this.element = make("details", { className: "preview-checks", open: wasOpen() }, this.heading, this.body)
    this.element.addEventListener("toggle", () => {
      try {
        localStorage.setItem(REMEMBERED, this.element.open ? "open" : "closed")
      } catch {
        // Then the next window begins as usual.
      }
      if (this.element.open) ask()
    })
  }

  show({ measures, findings, hardest, outline, alts, anchors }) {
    this.anchors = anchors
    const count = (weight) => findings.filter(({ severity }) => severity === weight).length
    const [stops, looks, hints] = ["block", "warn", "info"].map(count)
    this.heading.textContent = findings.length ? `Checks: ${stops} to mend first, ${looks} to look at, ${hints} hints` : "Checks: nothing found"
    this.body.replaceChildren(
      make("dl", { className: "checks-measures" }, ...measures.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })])),
      ...this.list("Findings", findings, (one) => [make("span", { className: `weight weight--${one.severity}`, textContent: WEIGHTS[one.severity] }), ` ${one.subject}: `, this.link(one.words, one.place, one.quote), ...away(one.url)]),
      ...this.list("Hardest sentences", hardest, ({ words, place }) => [this.link(words, place, words)]),
      ...this.list("Headings", outline, ({ level, words, place }) => [`${level}. `, this.link(words || "(empty)", place, words)]),
      ...this.list("Texts for pictures", alts, ({ words, place }) => [this.link(words, place, words)]),
      this.seen,
    )
  }

  list(title, rows, write) {
    if (!rows.length) return []
    return [make("h3", { textContent: title }), make("ul", {}, ...rows.map((row) => make("li", {}, ...write(row))))]
  }

  link(words, place, quote) {
    if (!place || !document.getElementById(place)) return make("span", { textContent: words })
    const link = make("a", { href: `#${place}`, textContent: words })
    link.addEventListener("click", (event) => {
      event.preventDefault()
      this.leave()
      jump(place, quote)
    })
    return link
  }

  get isOpen() {
    return this.element.open
  }

  waits() {
    this.tell("Judging accessibility …", [])
  }

  /** axe-core looks at the page in `frame` as it is shown now; what is told must still be of what stands there. */
  async judge(frame, isCurrent) {
    try {
      await load(frame, this.axe)
      const page = frame.contentDocument
      const { violations } = await frame.contentWindow.axe.run(page, { runOnly: { type: "tag", values: TAGS }, resultTypes: ["violations"] })
      if (!isCurrent()) return
      const rows = violations.flatMap(({ help, nodes }) => nodes.map(({ target }) => ({ words: help, place: this.placeOf(page, target[0]) })))
      this.tell(rows.length ? "" : "axe-core finds nothing on this page as it is shown.", rows)
    } catch {
      if (isCurrent()) this.tell("Accessibility could not be judged.", [])
    }
  }

  tell(words, rows) {
    this.seen.replaceChildren(
      make("h3", { textContent: "Accessibility" }),
      ...(words ? [make("p", { textContent: words })] : []),
      ...(rows.length ? [make("ul", {}, ...rows.map(({ words: one, place }) => make("li", {}, this.link(one, place, ""))))] : []),
    )
  }

  /** The section of the form from which a part of the page came: the last one that begins before it. */
  placeOf(page, selector) {
    const node = page.querySelector(selector)
    let place = ""
    for (const [anchor, home] of Object.entries(this.anchors)) {
      const begins = page.getElementById(anchor)
      if (node && begins && (begins === node || begins.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING)) place = home
    }
    return place
  }
}

/** The judge comes into the frame as a script of our own address; the policy of the page lets in no other. */
function load(frame, address) {
  if (frame.contentWindow.axe) return Promise.resolve()
  return new Promise((done, failed) => {
    const script = frame.contentDocument.createElement("script")
    script.addEventListener("load", done)
    script.addEventListener("error", failed)
    script.src = address
    frame.contentDocument.head.append(script)
  })
}
