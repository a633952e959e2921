/* The one place where the form says what just happened: seen at the foot of the window, heard by screen readers. */

const region = document.createElement("div")
region.className = "form-status"
const words = document.createElement("p")
words.setAttribute("role", "status")
region.append(words)

/** Say `message`; `undo`, where given, is offered as a button beside it. */
export function say(message, undo) {
  region.querySelector("button")?.remove()
  // Emptied first, so that the same words twice are read twice.
  words.textContent = ""
  requestAnimationFrame(() => {
    words.textContent = message
  })
  region.classList.toggle("form-status--shown", Boolean(message))
  if (undo) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = "Undo"
    button.addEventListener("click", () => {
      say("")
      undo()
    })
    region.append(button)
  }
  clearTimeout(say.timer)
  // What can be undone stays until the next message.
  if (!undo) say.timer = setTimeout(() => region.classList.remove("form-status--shown"), 6000)
}

document.body.append(region)

// Above the row of save buttons, however many lines it takes.
const saveRow = document.querySelector(".submit-row")
if (saveRow) {
  new ResizeObserver(() => {
    region.style.setProperty("--below", `${saveRow.offsetHeight}px`)
  }).observe(saveRow)
}
