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
