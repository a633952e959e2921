/* What every form with rich text has: named editors, a warning before work is lost, an error summary, Ctrl+S. */

import { Autosave } from "stemsite/autosave"
import { reveal, summarizeErrors } from "stemsite/errors"
import { nameEditors } from "stemsite/naming"
import { cleanPastes } from "stemsite/pasting"
import { watchOthers } from "stemsite/others"
import { Preview } from "stemsite/preview"
import { saveInPlace } from "stemsite/saving"
import { guardUnsaved } from "stemsite/unsaved"
import "./order.js"

nameEditors()
cleanPastes()

const form = document.querySelector("#content-main form[method=post]")

/** Findings elsewhere link to `#id_summary` or to a section: open it and put the focus there. */
function arrive() {
  const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (place) reveal(place.classList.contains("inline-related") ? place.querySelector("button") : place)
}

let guard

function begin() {
  summarizeErrors(form)
  arrive()
  if (form.querySelector('input[name="buffer_key"]')) saveInPlace(form, guard, new Autosave(form, guard))
  watchOthers(form, guard)
  if (form.querySelector("[data-beside]")) new Preview(form, guard)
}

if (form) {
  guard = guardUnsaved(form)
  // Once sections have their names and places.
  if (document.getElementById("content-editor-context")) document.addEventListener("content-editor:ready", begin)
  else begin()
}

window.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return
  if (document.querySelector("#keys-way[data-off]")) return
  const save = form?.querySelector('[name="_continue"]:not([value]), input[name="_continue"], [name="_save"]')
  if (save) {
    event.preventDefault()
    save.click()
  }
})
