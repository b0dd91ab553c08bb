// The admin's side of the App Bridge: answers what the page in the frame asks for.
(() => {
  "use strict";
  const told = JSON.parse(document.getElementById("told").textContent);
  // The frame stands behind this script, so that its first question is heard.
  const app = () => document.getElementById("app").contentWindow;
  const links = document.getElementById("links");
  const toast = document.getElementById("toast");
  const bar = document.getElementById("save");
  const leaving = document.getElementById("leaving");
  const origin = new URL(told.app).origin;
  const tell = (message) => app().postMessage(message, origin);

  const control = async (path, wish) => {
    const how = wish === undefined ? {} : { method: "POST", body: JSON.stringify(wish) };
    const answer = await fetch(`/_simulator/${told.domain}/${path}`, how);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };

  const answers = {
    idToken: async () => (await control("session_token", { user: told.user })).id_token,
    "scopes.query": () => control("scopes"),
    "scopes.request": async (wanted) => {
      const agreed = window.confirm(`May the app do this as well?\n\n${wanted.join("\n")}`);
      const detail = await (agreed ? control("scopes", { grant: wanted }) : control("scopes"));
      return { result: agreed ? "granted-all" : "declined-all", detail };
    },
    "scopes.revoke": async (unwanted) => ({ detail: await control("scopes", { revoke: unwanted }) }),
    adminApi: async ({ path, body }) => {
      const { token } = await control("direct_api", { user: told.user });
      const headers = { "Content-Type": "application/json", "X-Shopify-Access-Token": token };
      const answer = await fetch(`/${told.domain}/admin/${path}`, { method: "POST", headers, body });
      return { status: answer.status, body: await answer.text() };
    },
    toast: ({ message }) => {
      toast.textContent = message;
      toast.hidden = false;
      setTimeout(() => (toast.hidden = true), 5000);
    },
    saveBar: ({ visible }) => void (bar.hidden = !visible),
    leave: () =>
      new Promise((done) => {
        leaving.returnValue = "";
        leaving.onclose = () => leaving.returnValue === "leave" && done();
        leaving.showModal();
      }),
    page: ({ path, menu }) => {
      history.replaceState(null, "", `/_simulator/${told.domain}/admin${path === "/" ? "" : path}`);
      links.replaceChildren(
        ...menu.map(({ text, href }) => {
          const link = document.createElement("a");
          Object.assign(link, { textContent: text, href: "#" });
          link.addEventListener("click", (event) => {
            event.preventDefault();
            tell({ bridge: "go", to: href });
          });
          return link;
        }),
      );
    },
  };

  for (const button of bar.querySelectorAll("button")) {
    button.addEventListener("click", () => tell({ bridge: button.value }));
  }

  window.addEventListener("message", async (event) => {
    if (event.source !== app() || event.origin !== origin || event.data.bridge !== "ask") return;
    const { number, what, detail } = event.data;
    try {
      tell({ bridge: "answer", number, said: await answers[what](detail) });
    } catch (error) {
      tell({ bridge: "answer", number, error: String(error) });
    }
  });
})();
