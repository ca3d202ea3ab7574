// The page around the panes. Each pane is a preview of one channel as one person sees it.

const byId = (id) => document.getElementById(id);
const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
};
const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function buildPane(section, { people, capability }, first) {
  const frame = make("iframe");
  const nav = make("nav");
  section.append(nav, frame);

  function show(person, channel) {
    const where = person.channels.length > 1
      ? make("select", { className: "where", ariaLabel: "Channel" },
        ...person.channels.map(({ id, name }) => new Option(`# ${name}`, id, false, id === channel.id)))
      : make("span", { className: "where" }, `# ${channel.name}`);
    where.onchange = () => show(person, person.channels.find(({ id }) => id === where.value));
    nav.replaceChildren(...people.map((one) => {
      const button = make("button", { className: "who", ariaPressed: String(one === person) },
        make("img", { src: `/avatars/${one.name.toLowerCase()}.png`, alt: "" }), one.name,
        make("small", {}, one === person ? one.role : ""));
      button.onclick = () => show(one, one.channels[0]);
      return button;
    }), where);
    frame.title = `#${channel.name} as ${person.name} sees it`;
    const query = new URLSearchParams({ viewer: person.id, channel: channel.id, timezone });
    // replace() keeps the panes out of the browser's history: Back leaves the demo.
    frame.contentWindow.location.replace(`/pane?${query}#${capability}`);
  }
  show(first, first.channels[0]);
}

const count = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;

function light(id, text, state = "good") {
  byId(id).textContent = text;
  byId(id).dataset.state = state;
}

let now;
function tell(state) {
  now = state;
  const down = state.partner === "down";
  light("bot", state.restarts ? `Bot: running · restarted ${state.restarts}×` : "Bot: running");
  light("partner", `Partner: ${state.partner}`, down ? "bad" : "good");
  byId("partner-switch").textContent = down ? "Bring it back" : "Take it down";
  byId("order").dataset.state = state.nextOrder === "well" ? "good" : "wait";
  byId("order-fate").value = state.nextOrder;
  byId("books").textContent = `Partner’s books: ${count(state.purchases, "order")}, ${count(state.sales, "sale")}`;
}

async function ask(path, method = "GET") {
  const answer = await fetch(path, { method });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function onPress(id, act) {
  const button = byId(id);
  button.onclick = async () => {
    button.disabled = true;
    try {
      tell(await ask(act(), "POST"));
    } finally {
      button.disabled = false;
    }
  };
}
onPress("restart", () => { light("bot", "Bot: restarting…", "bad"); return "/demo/restart"; });
onPress("partner-switch", () => `/demo/partner/${now.partner === "down" ? "up" : "down"}`);
byId("order-fate").onchange = async ({ target }) => tell(await ask(`/demo/next-order/${target.value}`, "POST"));

byId("guide-switch").onclick = () => {
  byId("guide").hidden = !byId("guide").hidden;
  byId("guide-switch").ariaExpanded = String(!byId("guide").hidden);
};

const start = await ask("/demo/state");
tell(start);
document.querySelectorAll(".pane").forEach((section, index) => buildPane(section, start, start.people[index]));
for (;;) {
  await new Promise((wake) => setTimeout(wake, 1000));
  try {
    tell(await ask("/demo/state"));
  } catch {
    light("bot", "The demo has ended. Start it again, then reload.", "bad");
  }
}
