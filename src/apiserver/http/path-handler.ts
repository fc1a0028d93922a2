import type { RegistryContext } from '../registry/context.js'
import type { TextFormat } from './answers.js'
import type { HttpRequest, HttpResponse } from '../../client/http.js'

/** A request for a path that is no resource. */
export interface PathRequest {
  readonly http: HttpRequest
  /** Decoded, as it came. */
  readonly path: string
  /** The parts between its slashes; empty for `/`. */
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  /** Takes the format of the answer as soon as it is known, for errors. */
  readonly form: { format: TextFormat }
}

/** Answers one kind of path. What it throws becomes a Status. */
export type PathHandler = (context: RegistryContext, request: PathRequest) => HttpResponse
