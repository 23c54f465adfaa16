import { mount } from "svelte";
import "./design/tokens.css";
import "./design/base.css";
import App from "./app.svelte";
import { begin, watch_connection } from "./api/session.svelte";
import { start_router } from "./router.svelte";
import { restore_preferences } from "./shell/preferences.svelte";

await restore_preferences();
start_router();
watch_connection();
mount(App, { target: document.getElementById("console")! });
await begin();
