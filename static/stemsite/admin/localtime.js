// The reader's own clock for times given on the clinic's: as a tooltip, and in words where a time is still to come.
const own = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat("en-CA", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

for (const time of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.valueOf()) || time.textContent.includes(clock.format(moment))) continue;
  time.title = `${own.format(moment)} on your clock`;
  if ("own" in time.dataset) time.after(` (${own.format(moment)} on your clock)`);
}
