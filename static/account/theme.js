// Sets light or dark before the first paint: as chosen in the dashboard, else as the device asks.
{
  const device = matchMedia("(prefers-color-scheme: dark)")
  const paint = () => {
    const { theme } = JSON.parse(localStorage.getItem("gofly-settings") ?? "{}")
    const asked = device.matches ? "dark" : "light"
    document.documentElement.dataset.theme = ["light", "dark"].includes(theme) ? theme : asked
  }
  paint()
  device.addEventListener("change", paint)
}
