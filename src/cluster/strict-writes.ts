import type { WriteOptions } from '../client/client.js'

const STRICT: WriteOptions = { fieldValidation: 'Strict' }

/**
 * Returns the options of a write that refuses unknown fields unless they say otherwise, as kubectl does. The
 * apiserver's own default drops them with a warning, which no caller of a method would see.
 */
export const strictly = (options?: WriteOptions): WriteOptions =>
  options === undefined ? STRICT : { ...STRICT, ...options }
