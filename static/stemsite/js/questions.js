// Copies the questions for the doctor as plain text, with the page they come from. Without script they print.

const list = document.querySelector(".questions");

function asText() {
  const heading = list.querySelector("h2");
  const items = [...list.querySelectorAll("li")].map((item) => `- ${item.textContent.trim().replace(/\s+/g, " ")}`);
  const source = list.querySelector(".print-only");
  return [heading && heading.textContent.trim(), items.join("\n"), source && source.textContent.trim()]
    .concat(`${location.origin}${location.pathname}`)
    .filter(Boolean)
    .join("\n\n");
}

if (list && navigator.clipboard) {
  const line = document.createElement("p");
  line.className = "ask";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Copy these questions";
  const told = document.createElement("span");
  told.className = "small";
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(asText());
      told.textContent = " Copied. You can paste them into a message or a note.";
    } catch {
      told.textContent = " Your browser did not allow it. You can select the questions and copy them.";
    }
  });
  line.append(button, told);
  list.append(line);
}
