/** Any JSON value, deeply read-only. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A free-form JSON object (RawExtension, FieldsV1, what a client sends before it is decoded). */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Kubernetes' IntOrString: a port number or name, a count or a percentage. */
export type IntOrString = number | string
