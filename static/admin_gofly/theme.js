// Light or dark is chosen once: the dashboard remembers it as gofly.theme, the admin theme as adminTheme.
(() => {
  const OURS = "gofly.theme";
  const THEIRS = "adminTheme";

  const chosen = localStorage.getItem(OURS) ?? "auto";
  localStorage.setItem(THEIRS, JSON.stringify(chosen));

  function remember() {
    const theme = JSON.parse(localStorage.getItem(THEIRS) ?? '"auto"');
    if (theme === "auto") localStorage.removeItem(OURS);
    else localStorage.setItem(OURS, theme);
  }

  addEventListener("pagehide", remember);
  addEventListener("visibilitychange", remember);
})();
