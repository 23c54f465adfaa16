export { Client } from "./client.js";
export type { Bytes, ClientOptions, LookUpOptions, MatchOptions, SubmitOptions, Thing } from "./client.js";
export * from "./contract.js";
export { SeawallError } from "./errors.js";
export type { ErrorCode } from "./errors.js";
export type { BatchResult, DecidedBy, ItemResult, MatchResult } from "./results.js";
export { verifyWebhook } from "./webhook.js";
