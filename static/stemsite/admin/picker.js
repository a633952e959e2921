/* The dialog that finds a source by author, title, DOI or PMID; all of it works by keyboard alone. */

const PAUSE = 150

let dialog

const make = (tag, attributes = {}, children = []) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

function build() {
  dialog = make("dialog", { class: "picker", "aria-labelledby": "picker-title" })
  const form = make("form", { method: "dialog", class: "picker-form" }, [
    make("h2", { id: "picker-title" }, ["Cite a source"]),
    make("label", { for: "picker-words" }, ["Author, title, DOI or PMID"]),
    make("input", {
      id: "picker-words",
      // Not "search": Escape would empty it before it leaves the dialog.
      type: "text",
      inputmode: "search",
      autocomplete: "off",
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": "picker-found",
      "aria-autocomplete": "list",
      "aria-describedby": "picker-news picker-keys",
    }),
    make("p", { id: "picker-news", role: "status", class: "picker-news" }),
    make("ul", { id: "picker-found", role: "listbox", class: "picker-found", "aria-label": "Sources found" }),
    make("label", { for: "picker-place" }, ["Place in the source, if it helps"]),
    make("input", { id: "picker-place", type: "text", maxlength: "40", autocomplete: "off", "aria-describedby": "picker-place-help" }),
    make("p", { id: "picker-place-help", class: "picker-help" }, ["Such as p 5, or table 2."]),
    make("div", { class: "picker-buttons" }, [
      make("button", { type: "submit", value: "cite", class: "picker-cite" }, ["Cite"]),
      make("button", { type: "button", value: "remove", class: "picker-remove" }, ["Remove citation"]),
      make("button", { type: "button", value: "cancel" }, ["Cancel"]),
    ]),
    make("p", { id: "picker-keys", class: "picker-help" }, [
      "Arrows choose, Enter cites, Escape leaves. A second [ writes a plain bracket.",
    ]),
  ])
  dialog.append(form)
  document.body.append(dialog)
}

const part = (id) => dialog.querySelector(`#picker-${id}`)

/** One use of the dialog: a search, a choice, an end. */
class Picking {
  constructor({ address, numberFor, current, remember }, resolve) {
    Object.assign(this, { address, numberFor, current, remember, resolve })
    this.asked = 0
    this.sources = []
    this.active = 0
    this.enterWaits = false
    this.listeners = new AbortController()
  }

  open() {
    const { signal } = this.listeners
    part("title").textContent = this.current ? "Change this citation" : "Cite a source"
    part("words").value = ""
    part("place").value = this.current?.loc ?? ""
    dialog.querySelector(".picker-remove").hidden = !this.current
    part("words").addEventListener("input", () => this.typed(), { signal })
    dialog.addEventListener("keydown", (event) => this.key(event), { signal })
    part("found").addEventListener("click", (event) => this.clicked(event), { signal })
    dialog.querySelector("form").addEventListener("submit", (event) => this.submit(event), { signal })
    dialog.querySelector(".picker-remove").addEventListener("click", () => this.end({ remove: true }), { signal })
    dialog.querySelector('[value="cancel"]').addEventListener("click", () => this.end(null), { signal })
    dialog.addEventListener("close", () => this.end(null), { signal })
    dialog.showModal()
    part("words").focus()
    this.search()
  }

  end(choice) {
    this.listeners.abort()
    clearTimeout(this.timer)
    this.asked = Number.POSITIVE_INFINITY
    if (dialog.open) dialog.close()
    this.resolve(choice)
  }

  typed() {
    if (part("words").value === "[") return this.end({ text: "[" })
    this.stale = true
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.search(), PAUSE)
  }

  async search() {
    clearTimeout(this.timer)
    this.stale = true
    const question = ++this.asked
    const words = part("words").value.trim()
    let found = null
    try {
      const answer = await fetch(`${this.address}?${new URLSearchParams({ q: words })}`)
      if (answer.ok) found = (await answer.json()).found
    } catch {
      // Told below, where the list would stand.
    }
    // An answer to an earlier question is no answer to this one.
    if (question !== this.asked) return
    this.stale = false
    this.show(found, words)
    if (this.enterWaits) this.choose(this.sources[0])
    this.enterWaits = false
  }

  show(found, words) {
    this.sources = found ?? []
    for (const source of this.sources) this.remember(source)
    part("found").replaceChildren(...this.sources.map((source, index) => this.option(source, index)))
    const currently = this.sources.findIndex((source) => source.id === this.current?.ref)
    this.activate(Math.max(0, currently))
    part("news").textContent = news(found, words)
  }

  option(source, index) {
    const warning = source.warning ? [make("span", { class: "picker-warning" }, [source.warning])] : []
    return make("li", { role: "option", id: `picker-option-${index}`, "aria-selected": "false" }, [
      make("span", { class: "picker-number" }, [`[${this.numberFor(source.id)}]`]),
      make("span", { class: "picker-source" }, [
        make("b", {}, [source.short]),
        " ",
        ...warning,
        make("span", { class: "picker-title" }, [source.title]),
        make("span", { class: "picker-where" }, [[source.where, source.identifier].filter(Boolean).join(" · ")]),
        make("span", { class: "picker-where" }, [source.state ?? ""]),
      ]),
    ])
  }

  activate(index) {
    this.unask()
    const options = part("found").children
    options[this.active]?.setAttribute("aria-selected", "false")
    this.active = index
    const option = options[index]
    option?.setAttribute("aria-selected", "true")
    option?.scrollIntoView({ block: "nearest" })
    if (option) part("words").setAttribute("aria-activedescendant", option.id)
    else part("words").removeAttribute("aria-activedescendant")
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || event.target !== part("words") || !this.sources.length) return
    event.preventDefault()
    this.activate((this.active + step + this.sources.length) % this.sources.length)
  }

  clicked(event) {
    const option = event.target.closest('[role="option"]')
    if (!option) return
    this.activate([...part("found").children].indexOf(option))
    if (this.current) part("place").focus()
    else this.choose(this.sources[this.active])
  }

  submit(event) {
    event.preventDefault()
    if (this.current && !part("words").value) {
      // Only the place was changed.
      const kept = this.sources[this.active]
      if (!kept || kept.id === this.current.ref) return this.end({ ref: this.current.ref, loc: part("place").value.trim() })
      return this.choose(kept)
    }
    if (this.stale) {
      this.enterWaits = true
      this.search()
    } else {
      this.choose(this.sources[this.active])
    }
  }

  choose(source) {
    if (!source) return
    if (source.retracted && this.asking !== source.id) return this.ask(source)
    this.end({ ref: source.id, loc: part("place").value.trim() })
  }

  /** A retracted work is cited by a second press, with the question before it. */
  ask(source) {
    this.asking = source.id
    part("news").textContent = `${source.short} was retracted. Cite it as retracted? Press again to cite it, Escape to leave.`
    dialog.querySelector(".picker-cite").textContent = "Cite as retracted"
  }

  unask() {
    if (this.asking) part("news").textContent = ""
    this.asking = null
    dialog.querySelector(".picker-cite").textContent = "Cite"
  }
}

function news(found, words) {
  if (!found) return "The library did not answer. Try again, or save and reload."
  if (!found.length) return `No source holds “${words}”. Add it to the study library first.`
  return found.length === 20 ? "The first 20 sources; more words find fewer." : `${found.length} found`
}

/** Ask for a source. Resolves to {ref, loc}, {remove}, {text} for a plain bracket, or null. */
export function pick(options) {
  if (!dialog) build()
  return new Promise((resolve) => new Picking(options, resolve).open())
}
