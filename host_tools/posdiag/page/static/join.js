// The phone's door: the code comes behind the # or is typed; it opens an address that may look.
const form = document.getElementById("form");
const code = document.getElementById("code");

async function join() {
  const answer = await fetch("/join", { method: "POST", body: code.value });
  if (answer.ok) {
    const lang = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
    location.replace(`${(await answer.json()).path}?lang=${lang}`);
    return;
  }
  document.getElementById("wrong").hidden = false;
  code.select();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  join();
});
if (/^#\d{8}$/.test(location.hash)) {
  code.value = location.hash.slice(1);
  history.replaceState(null, "", "/");
  join();
}
code.focus();
