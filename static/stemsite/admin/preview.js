/* The page as readers would get it, beside the form: on a phone, a tablet, a desk, in the dark and on paper (PUB-33). */

import { Checks } from "stemsite/checks"
import { reveal } from "stemsite/errors"
import { token } from "stemsite/standing"
import { fieldsOf } from "stemsite/unsaved"

const PAUSE = 800
const PAUSE_BEFORE_JUDGING = 1500
const WIDTHS = { Phone: 375, Tablet: 768, Desktop: 1280 }
const REMEMBERED = "stemsite:preview"

const make = (name, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(name), attributes)
  element.append(...children)
  return element
}

const written = new WeakMap()

/** Rules for paper or for the dark hold when that was chosen, whatever this machine prefers. */
function choose(rules, { dark, print }) {
  for (const rule of rules) {
    if (rule.media) {
      if (!written.has(rule)) written.set(rule, rule.media.mediaText)
      const media = written.get(rule)
      if (media === "print") rule.media.mediaText = print ? "all" : "not all"
      else if (media.includes("prefers-color-scheme: dark")) rule.media.mediaText = dark && !print ? "all" : "not all"
    }
    if (rule.cssRules) choose(rule.cssRules, { dark, print })
  }
}

function remembered() {
  try {
    return { width: "Phone", dark: false, print: false, open: false, ...JSON.parse(localStorage.getItem(REMEMBERED)) }
  } catch {
    return { width: "Phone", dark: false, print: false, open: false }
  }
}

export class Preview {
  constructor(form, guard) {
    this.form = form
    this.guard = guard
    this.opener = form.querySelector("[data-beside]")
    this.opener.hidden = false
    this.address = this.opener.dataset.beside
    this.chosen = remembered()
    this.build()
    this.opener.addEventListener("click", () => this.toggle())
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => this.soon())
    document.addEventListener("stemsite:sections", () => this.soon())
    window.django?.jQuery?.(form).on("change", () => this.soon())
    new ResizeObserver(() => this.fit()).observe(this.stage)
    if (this.chosen.open && innerWidth >= 1200) this.toggle(false)
  }

  build() {
    this.widths = Object.keys(WIDTHS).map((name) => this.button(name, () => this.choose({ width: name, print: false })))
    this.dark = this.button("Dark", () => this.choose({ dark: !this.chosen.dark }))
    this.print = this.button("Print", () => this.choose({ print: !this.chosen.print }))
    const close = this.button("Close", () => this.toggle())
    const tools = make("div", { className: "preview-tools" }, ...this.widths, this.dark, this.print, close)
    tools.setAttribute("role", "group")
    tools.setAttribute("aria-label", "How the preview is shown")
    this.state = make("p", { className: "preview-state" })
    this.state.setAttribute("role", "status")
    this.problems = make("ul", { className: "preview-problems" })
    this.checks = new Checks({ axe: this.opener.dataset.axe, leave: () => this.makeWay(), ask: () => this.judgeSoon() })
    this.frame = this.makeFrame()
    this.stage = make("div", { className: "preview-stage" }, this.frame)
    this.panel = make("section", { className: "preview-panel", hidden: true }, tools, this.state, this.problems, this.checks.element, this.stage)
    this.panel.setAttribute("aria-label", "Preview")
    document.body.append(this.panel)
  }

  button(name, act) {
    const button = make("button", { type: "button", textContent: name })
    button.addEventListener("click", act)
    return button
  }

  makeFrame() {
    const frame = make("iframe", { title: "The page as readers would get it", className: "preview-frame" })
    // Neither its forms nor its links lead anywhere.
    frame.setAttribute("sandbox", "allow-same-origin")
    return frame
  }

  toggle(focus = true) {
    const open = this.panel.hidden
    this.panel.hidden = !open
    this.opener.setAttribute("aria-expanded", open)
    document.body.toggleAttribute("data-preview", open)
    this.choose({ open })
    if (open) {
      this.refresh()
      if (focus) this.panel.querySelector("button").focus()
    } else if (focus) this.opener.focus()
  }

  /** Where the panel covers the form, it gives way to the place one goes to. */
  makeWay() {
    if (innerWidth < 1200) this.toggle(false)
  }

  choose(what) {
    this.chosen = { ...this.chosen, ...what }
    try {
      localStorage.setItem(REMEMBERED, JSON.stringify(this.chosen))
    } catch {
      // Then the next window begins as usual.
    }
    for (const button of this.widths) button.setAttribute("aria-pressed", button.textContent === this.chosen.width && !this.chosen.print)
    this.dark.setAttribute("aria-pressed", this.chosen.dark)
    this.print.setAttribute("aria-pressed", this.chosen.print)
    this.dress(this.frame)
  }

  dress(frame) {
    const page = frame.contentDocument?.documentElement
    if (!page) return
    page.style.colorScheme = this.chosen.dark && !this.chosen.print ? "dark" : "light"
    for (const sheet of frame.contentDocument.styleSheets) choose(sheet.cssRules, this.chosen)
    this.fit()
  }

  /** As wide as the device, and as large as fits. */
  fit() {
    const width = this.chosen.print ? 794 : WIDTHS[this.chosen.width]
    const scale = Math.min(1, this.stage.clientWidth / width)
    for (const frame of this.stage.querySelectorAll("iframe")) {
      Object.assign(frame.style, { width: `${width}px`, height: `${this.stage.clientHeight / scale}px`, transform: `scale(${scale})` })
    }
  }

  soon() {
    if (this.panel.hidden) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.refresh(), PAUSE)
  }

  async refresh() {
    const now = this.guard.now()
    if (now === this.shown) return
    if (this.asking) {
      this.again = true
      return
    }
    this.asking = true
    this.say("Drawing the preview …")
    try {
      const body = new FormData()
      for (const [name, value] of fieldsOf(this.form)) body.append(name, value)
      const headers = { Accept: "application/json", "X-CSRFToken": token() }
      const answer = await fetch(this.address, { method: "POST", body, headers, redirect: "manual" })
      if (!answer.ok) throw new Error(String(answer.status))
      const { html, problems, checks } = await answer.json()
      this.shown = now
      this.list(problems)
      this.checks.show(checks)
      await this.show(html)
      this.judgeSoon()
      this.say(problems.length ? `${problems.length} to correct before it can be saved; the rest is shown.` : "As readers would get it.")
    } catch {
      this.say("The preview could not be drawn. It is tried again when you type on.")
    }
    this.asking = false
    if (this.again) {
      this.again = false
      this.refresh()
    }
  }

  say(words) {
    if (this.state.textContent !== words) this.state.textContent = words
  }

  list(problems) {
    this.problems.replaceChildren(
      ...problems.map(({ place, words }) => {
        const field = place && document.getElementById(place)
        if (!field) return make("li", { textContent: words })
        const link = make("a", { href: `#${place}`, textContent: words })
        link.addEventListener("click", (event) => {
          event.preventDefault()
          this.makeWay()
          reveal(field)
        })
        return make("li", {}, link)
      }),
    )
  }

  /** Behind the page that is seen, then in its place and scrolled alike. */
  show(html) {
    const page = new DOMParser().parseFromString(html, "text/html")
    for (const script of page.querySelectorAll("script")) script.remove()
    this.document = `<!doctype html>${page.documentElement.outerHTML}`
    const next = this.makeFrame()
    next.dataset.next = ""
    const before = this.frame
    return new Promise((done) => {
      next.addEventListener("load", () => {
        const { scrollX = 0, scrollY = 0 } = before.contentWindow ?? {}
        this.frame = next
        this.dress(next)
        next.contentWindow.scrollTo(scrollX, scrollY)
        next.contentDocument.addEventListener("click", (event) => {
          const link = event.target.closest("a[href]")
          if (link && !link.getAttribute("href").startsWith("#")) event.preventDefault()
        })
        before.remove()
        delete next.dataset.next
        done()
      }, { once: true })
      next.srcdoc = this.document
      this.stage.append(next)
      this.fit()
    })
  }

  judgeSoon() {
    clearTimeout(this.judging)
    this.checks.waits()
    this.judging = setTimeout(() => this.judge(), PAUSE_BEFORE_JUDGING)
  }

  /** In a frame that nobody sees, as wide and as dark: the judge needs scripts, and the one that is seen has none. */
  async judge() {
    const shown = this.document
    if (this.panel.hidden || !shown || !this.checks.isOpen) return
    const frame = make("iframe", { className: "preview-frame preview-judge", tabIndex: -1, srcdoc: shown })
    frame.setAttribute("sandbox", "allow-same-origin allow-scripts")
    frame.setAttribute("aria-hidden", "true")
    frame.dataset.next = ""
    const loaded = new Promise((done) => frame.addEventListener("load", done, { once: true }))
    this.stage.append(frame)
    await loaded
    this.dress(frame)
    await this.checks.judge(frame, () => shown === this.document)
    frame.remove()
  }
}
