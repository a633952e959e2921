/* The section editor: content-editor's rows, with real buttons for all it does by mouse, and the page in DOM order. */

import { initContext } from "content-editor/context"
import { DragDrop } from "content-editor/dragdrop"
import { Machine } from "content-editor/machine"
import { Regions } from "content-editor/regions"
import { Sections } from "content-editor/sections"
import { emit } from "content-editor/utils"
import { fill, kindOf, nameOf, valuesOf } from "stemsite/rows"
import { say } from "stemsite/status"

const ROWS = ".inline-related:not(.empty-form)"
const REMEMBERED = `stemsite:sections:${location.pathname}`

const button = (className, text, act) => {
  const element = document.createElement("button")
  element.type = "button"
  element.className = className
  element.textContent = text
  element.addEventListener("click", act)
  return element
}

class PageMachine extends Machine {
  buildScaffolding() {
    document.getElementById(`${this.ContentEditor.plugins[0].prefix}-group`).insertAdjacentHTML(
      "beforebegin",
      `<div class="sections" id="content-editor" tabindex="-1">
        <div class="sections-head"><h2>${this.ContentEditor.regions[0].title}</h2><div class="sections-tools"></div></div>
        <div class="order-machine-wrapper"><div class="order-machine"></div><div class="plugin-buttons" hidden></div></div>
      </div>`,
    )
  }

  insertAdjacent(row, inline, after = false) {
    super.insertAdjacent(row, inline, after)
    // After the whole of a drop, which may move several.
    queueMicrotask(() => this.followOrder())
  }

  rows() {
    return this.findInlinesInOrder()
  }

  /** Tab and reading order follow what is seen. */
  followOrder() {
    const rowFrom = (element) => (!element || element.matches(ROWS) ? element : rowFrom(element.nextElementSibling))
    let at = rowFrom(this.orderMachine.firstElementChild)
    for (const row of this.rows()) {
      if (row === at) {
        at = rowFrom(at.nextElementSibling)
        continue
      }
      this.emitInline("content-editor:deactivate", row)
      this.orderMachine.insertBefore(row, at)
      this.emitInline("content-editor:activate", row)
    }
    this.drawAll?.()
    document.dispatchEvent(new CustomEvent("stemsite:sections"))
  }

  collapseInline(row, collapsed = true) {
    super.collapseInline(row, collapsed)
    this.draw?.(row)
  }
}

class Controls {
  constructor(machine) {
    this.machine = machine
    this.editor = machine.ContentEditor
    machine.draw = (row) => this.draw(row)
    machine.drawAll = () => this.drawAll()
    this.panel = this.makePanel()
    this.makeHead()
    document.addEventListener("formset:added", ({ target, detail }) => {
      if (this.editor.pluginsByPrefix[detail.formsetName]) this.equip(target)
    })
    document.addEventListener("input", ({ target }) => {
      const row = target.closest(ROWS)
      if (row && machine.orderMachine.contains(row)) this.draw(row)
    })
    machine.orderMachine.addEventListener("stemsite:open", ({ target }) => this.draw(target))
  }

  makeHead() {
    this.collapseAll = button("section-button", "Collapse all", () => this.toggleAll())
    this.first = button("section-button", "Add at the start", () => this.offer(this.first, null))
    this.first.setAttribute("aria-expanded", "false")
    document.querySelector(".sections-tools").append(this.collapseAll, this.first)
    this.last = button("section-add-last", "Add a section", () => this.offer(this.last, this.machine.rows().at(-1)))
    this.last.setAttribute("aria-expanded", "false")
    document.querySelector(".sections").append(this.last)
  }

  makePanel() {
    const panel = document.createElement("div")
    panel.className = "section-kinds"
    panel.setAttribute("role", "group")
    panel.setAttribute("aria-label", "Which kind of section?")
    panel.hidden = true
    for (const plugin of this.editor.plugins) {
      if (plugin.regions && !plugin.regions.includes(this.editor.currentRegion)) continue
      const kind = button("section-kind", plugin.title, () => this.add(plugin))
      const icon = document.createElement("span")
      icon.innerHTML = plugin.button
      icon.setAttribute("aria-hidden", "true")
      kind.prepend(icon)
      panel.append(kind)
    }
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closePanel()
    })
    return panel
  }

  /** Show the kinds below `row`, or at the start without one. */
  offer(opener, row) {
    const wasOpen = opener.getAttribute("aria-expanded") === "true"
    this.closePanel()
    if (wasOpen) return
    this.opener = opener
    this.after = row
    opener.setAttribute("aria-expanded", "true")
    if (row) row.after(this.panel)
    else this.machine.orderMachine.prepend(this.panel)
    this.panel.hidden = false
    this.panel.querySelector("button").focus()
  }

  closePanel() {
    this.opener?.setAttribute("aria-expanded", "false")
    this.panel.hidden = true
    this.panel.remove()
    this.opener?.focus()
    this.opener = null
  }

  add(plugin) {
    const { after } = this
    this.closePanel()
    const row = this.create(plugin.prefix, after)
    say(`${plugin.title} added, ${this.place(row)}.`)
  }

  /** A new row below `after`, or at the start; `values` as in a row copied or taken back. */
  create(prefix, after, values) {
    const rows = this.machine.rows()
    this.editor._insertBefore = (after ? rows[rows.indexOf(after) + 1] : rows[0]) ?? null
    const known = new Set(rows)
    this.editor.addContent(prefix)
    this.machine.followOrder()
    const row = this.machine.rows().find((one) => !known.has(one))
    if (values) fill(row, values)
    this.draw(row)
    ;(row.querySelector('[name$="-heading"]') ?? row.querySelector(".section-toggle")).focus()
    document.dispatchEvent(new CustomEvent("stemsite:sections"))
    return row
  }

  place(row) {
    const rows = this.machine.rows()
    return `now ${rows.indexOf(row) + 1} of ${rows.length}`
  }

  /** Give a row its buttons, once. */
  equip(row) {
    if (row.querySelector(":scope > .section-tools")) return
    const title = row.querySelector(":scope > h3")
    const toggle = document.createElement("button")
    toggle.type = "button"
    toggle.className = "section-toggle"
    toggle.append(...Array.from(title.childNodes).filter((node) => !node.classList?.contains("delete") && !node.querySelector?.("a")))
    title.prepend(toggle)
    for (const icon of toggle.querySelectorAll(".material-icons")) icon.setAttribute("aria-hidden", "true")
    if (this.editor.allowChange) title.after(this.makeTools(row))
    this.draw(row)
  }

  makeTools(row) {
    const tools = document.createElement("div")
    tools.className = "section-tools"
    tools.append(
      button("section-button section-up", "↑", () => this.move(row, -1)),
      button("section-button section-down", "↓", () => this.move(row, 1)),
      button("section-button section-duplicate", "Duplicate", () => this.duplicate(row)),
      button("section-button section-add", "Add below", (event) => this.offer(event.currentTarget, row)),
      button("section-button section-remove", "Remove", () => this.remove(row)),
    )
    tools.querySelector(".section-add").setAttribute("aria-expanded", "false")
    return tools
  }

  draw(row) {
    const toggle = row.querySelector(":scope > h3 > .section-toggle")
    if (!toggle) return
    const name = nameOf(row)
    const label = row.querySelector(":scope > h3 .inline_label")
    if (label.textContent !== name) label.textContent = name
    toggle.setAttribute("aria-expanded", !row.matches(".collapsed, .for-deletion"))
    const whole = `${kindOf(row)}, ${name}`
    const removed = row.classList.contains("for-deletion")
    const rows = this.machine.rows()
    const words = {
      up: `Move up: ${whole}`,
      down: `Move down: ${whole}`,
      duplicate: `Duplicate ${whole}`,
      add: `Add below ${whole}`,
      remove: `${removed ? "Keep" : "Remove"} ${whole}`,
    }
    for (const [verb, sentence] of Object.entries(words)) {
      row.querySelector(`.section-${verb}`)?.setAttribute("aria-label", sentence)
    }
    row.querySelector(".section-up")?.setAttribute("aria-disabled", rows[0] === row)
    row.querySelector(".section-down")?.setAttribute("aria-disabled", rows.at(-1) === row)
    const remove = row.querySelector(".section-remove")
    if (remove) remove.textContent = removed ? "Keep" : "Remove"
  }

  drawAll() {
    const rows = this.machine.rows()
    for (const row of rows) this.draw(row)
    const open = rows.some((row) => !row.classList.contains("collapsed"))
    this.collapseAll.textContent = open || !rows.length ? "Collapse all" : "Open all"
    this.machine.emptyMessage.classList.toggle("hidden", rows.length > 0)
  }

  toggleAll() {
    const rows = this.machine.rows()
    const collapse = rows.some((row) => !row.classList.contains("collapsed"))
    for (const row of rows) this.machine.collapseInline(row, collapse)
    this.drawAll()
  }

  move(row, step) {
    const rows = this.machine.rows()
    const other = rows[rows.indexOf(row) + step]
    const name = nameOf(row)
    if (!other) return say(`${name} is ${step < 0 ? "first" : "last"} already.`)
    const focused = document.activeElement
    this.machine.insertAdjacent(row, other, step > 0)
    this.machine.followOrder()
    focused.focus()
    row.scrollIntoView({ block: "nearest" })
    say(`${name} moved ${step < 0 ? "up" : "down"}, ${this.place(row)}.`)
  }

  duplicate(row) {
    const copy = this.create(this.prefixOf(row), row, valuesOf(row))
    say(`${nameOf(row)} duplicated, ${this.place(copy)}.`)
  }

  prefixOf(row) {
    return this.machine.regions.getPluginTypeFromId(row.id).prefix
  }

  remove(row) {
    const name = nameOf(row)
    const box = row.querySelector(":scope > h3 .delete input[type=checkbox]")
    if (box) {
      box.click()
      row.querySelector(".section-remove").focus()
      say(box.checked ? `${name} will be removed when you save.` : `${name} stays.`)
    } else {
      const values = valuesOf(row)
      const prefix = this.prefixOf(row)
      const rows = this.machine.rows()
      const index = rows.indexOf(row)
      row.querySelector(".inline-deletelink").click()
      const next = rows[index + 1] ?? rows[index - 1]
      ;(next?.querySelector(".section-toggle") ?? this.last).focus()
      say(`${name} removed.`, () => this.create(prefix, this.machine.rows()[index - 1] ?? null, values))
    }
    this.drawAll()
    document.dispatchEvent(new CustomEvent("stemsite:sections"))
  }
}

/** Which sections were closed when this form was last sent, so that saving does not open them all. */
function rememberCollapsed(machine, form) {
  const orderings = () =>
    machine.rows().filter((row) => row.classList.contains("collapsed")).map((row) => machine.rows().indexOf(row))
  form.addEventListener("submit", () => sessionStorage.setItem(REMEMBERED, JSON.stringify(orderings())))
  const closed = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "[]")
  machine.rows().forEach((row, index) => {
    if (closed.includes(index) && !row.querySelector(".errorlist")) machine.collapseInline(row)
  })
}

/** Where somebody may only look, stock rows hold neither input nor rendered text: give them both. */
function standIn(row) {
  for (const name of ["ordering", "region"]) {
    const place = row.querySelector(`.field-${name}`)
    const input = document.createElement("input")
    Object.assign(input, { type: "hidden", name: `shown-${name}` })
    const shown = place.querySelector(".readonly").textContent.trim()
    input.value = name === "ordering" ? shown.replace(/\D/g, "") : shown
    place.append(input)
  }
  const text = row.querySelector(".field-html .readonly")
  if (!text) return
  const { body } = new DOMParser().parseFromString(text.textContent, "text/html")
  for (const mark of body.querySelectorAll("cite[data-ref]")) mark.className = "citation"
  text.replaceChildren(...body.childNodes)
}

function init() {
  const editor = initContext()
  const machine = new PageMachine(editor)
  const regions = new Regions(editor, machine)
  const sections = new Sections(editor, machine)
  machine.wire({ sections, regions, dragdrop: new DragDrop(editor, machine, sections) })
  editor.currentRegion = editor.regions[0].key

  machine.addPluginIcons()
  const rowsToStandIn = editor.plugins.flatMap(({ prefix }) => [...document.querySelectorAll(`#${prefix}-group ${ROWS}`)])
  for (const row of rowsToStandIn) if (!row.querySelector(".field-ordering input")) standIn(row)
  const groups = editor.plugins.map(({ prefix }) => document.getElementById(`${prefix}-group`)).filter(Boolean)
  machine.reorderInlines(groups)
  for (const group of groups) group.hidden = true
  regions.assignToInlines()
  machine.noRegionsMessage.remove()
  machine.noPluginsMessage.remove()

  const controls = new Controls(machine)
  for (const row of machine.rows()) controls.equip(row)
  machine.followOrder()
  rememberCollapsed(machine, groups[0].closest("form"))
  controls.drawAll()
  emit("content-editor:ready")
}

// After Django's own scripts, which make the "add another" links on jQuery's ready queue.
django.jQuery(init)
