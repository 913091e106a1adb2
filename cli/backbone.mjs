#!/usr/bin/env node
import { register } from "tsx/esm/api";

// The project is TypeScript without a build step; registries given with --registry are too.
register();
const { main } = await import("./main.ts");
await main(process.argv);
