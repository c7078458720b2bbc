import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { packed } from "./packed";
import { withoutUnusedStyles } from "./unused_styles";

// While the pages are worked on, `npm run dev` serves them and passes what is not a page on to a gateway.
const gateway = process.env.HOOKLINE_HTTP ?? "http://127.0.0.1:7700";
const passed = ["/v1", "/1", "/session", "/openapi.json", "/healthz", "/bin"];

export default defineConfig({
  plugins: [react(), withoutUnusedStyles(), packed()],
  build: {
    outDir: "../hookline_gateway/static",
    emptyOutDir: true,
    target: "es2022",
    // The policy of the pages allows no script or font that stands in a text.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: Object.fromEntries(passed.map((path) => [path, { target: gateway }])) },
});
