// Beside the preview's own script: what Discord does by itself.

// Relative times go on between two edits of their message.
const relative = /^(in |now$|tomorrow|next )| ago$|^(yesterday|last )/;
const steps = [[60, 1, "second"], [3600, 60, "minute"], [86400, 3600, "hour"], [604800, 86400, "day"], [Infinity, 604800, "week"]];
const format = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
setInterval(() => {
  for (const time of document.querySelectorAll("time.discord-timestamp")) {
    if (!relative.test(time.textContent)) continue;
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const [, unit, name] = steps.find(([limit]) => Math.abs(seconds) < limit);
    time.textContent = format.format(Math.round(seconds / unit), name);
  }
}, 1000);

// Whoever is at the end of the conversation stays there when a message grows; whoever has scrolled up stays there.
const timeline = document.getElementById("channel-timeline");
let atEnd = true;
let touched = 0;
const toEnd = () => { if (atEnd) timeline.scrollTop = timeline.scrollHeight; };
for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  timeline.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}
timeline.addEventListener("scroll", () => {
  const left = timeline.scrollHeight - timeline.clientHeight - timeline.scrollTop;
  if (Date.now() - touched < 400) atEnd = left < 40;
  else toEnd(); // the preview scrolls to a message that was just pressed
});
document.getElementById("new-messages").addEventListener("click", () => { atEnd = true; });
const growth = new ResizeObserver(toEnd);
growth.observe(timeline);
growth.observe(document.getElementById("channel-message-list"));

// A press that came to nothing says so: an edit may have taken the button away a moment before.
const note = document.createElement("p");
note.id = "press-note";
note.setAttribute("role", "status");
document.body.append(note);
new MutationObserver(([{ target }]) => {
  const failed = target.textContent === "Action was not completed.";
  note.textContent = failed ? "That had just changed. Have a look, and press again." : "";
}).observe(document.getElementById("action-status"), { childList: true });
