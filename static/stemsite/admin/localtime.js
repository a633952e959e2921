// The reader's own clock for times given on the clinic's: as a tooltip, and in words where a time is still to come.
const own = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat("en-CA", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

for (const time of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.valueOf()) || time.textContent.includes(clock.format(moment))) continue;
  time.title = `${own.format(moment)} on your clock`;
  if ("own" in time.dataset) time.after(` (${own.format(moment)} on your clock)`);
}

const PARTS = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };

/** By how much clocks in `zone` are ahead of UTC at `at`, in milliseconds. */
function ahead(at, zone) {
  const written = new Intl.DateTimeFormat("en-CA", { ...PARTS, timeZone: zone, hourCycle: "h23" }).formatToParts(at);
  const { year, month, day, hour, minute, second } = Object.fromEntries(written.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}

// The same for a time that is being chosen on the clinic's clock.
for (const time of document.querySelectorAll("input[data-zone]")) {
  const { zone } = time.dataset;
  const day = time.form.elements[time.name.replace(/time$/, "day")];
  const words = document.createElement("p");
  words.className = "quiet";
  words.setAttribute("role", "status");
  time.after(words);
  const tell = () => {
    const wall = Date.parse(`${day.value}T${time.value}Z`);
    const guess = wall - (Number.isNaN(wall) ? 0 : ahead(wall, zone));
    const moment = Number.isNaN(wall) ? Number.NaN : wall - ahead(guess, zone);
    const isOwn = Number.isNaN(moment) || ahead(moment, zone) === -new Date(moment).getTimezoneOffset() * 60_000;
    words.textContent = isOwn ? "" : `That is ${own.format(moment)} on your clock.`;
  };
  for (const field of [day, time]) field.addEventListener("input", tell);
  tell();
}
