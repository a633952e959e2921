// Beside each time on the clinic's clock, the reader's own where it differs.
for (const time of document.querySelectorAll("time[datetime]")) {
  const own = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const clock = new Intl.DateTimeFormat("en-CA", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.valueOf()) && !time.textContent.includes(clock.format(moment))) {
    time.after(` (${own.format(moment)} on your clock)`);
  }
}
