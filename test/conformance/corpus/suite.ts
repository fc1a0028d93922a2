import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { applyOps, type Op } from './ops.js'

/** A request as a suite has it. Its body is JSON, text, or a stored object as the server answered it. */
export interface SuiteRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly user?: string
  readonly body?: unknown
  readonly bodyText?: string
  readonly stored?: string
  readonly ops?: readonly Op[]
}

/** A request of the set-up, or a pause. */
export type SetupStep = SuiteRequest & { readonly sleep?: number }

/** An answer, normalised. */
export interface Answer {
  readonly code: number
  readonly type?: string
  readonly warning?: readonly string[]
  readonly body?: unknown
  readonly events?: readonly unknown[]
  readonly text?: string
}

interface Expectation extends Answer {
  readonly ops?: readonly Op[]
  readonly status?: Readonly<Record<string, unknown>>
}

/** A case: its reference's request with changes, or a request of its own. */
export interface SuiteCase {
  readonly id: string
  readonly ref?: string
  readonly ops?: readonly Op[]
  readonly query?: string
  readonly request?: SuiteRequest
  readonly managedFields?: boolean
  readonly expect?: Expectation
}

/** A step of a sequence. */
export interface SequenceStep {
  readonly request: SuiteRequest
  readonly sleep?: number
  readonly managedFields?: boolean
  readonly expect?: Expectation
}

/** A file of the corpus, see its README. */
export interface Suite {
  readonly suite: string
  readonly kind: string
  readonly user?: string
  readonly pause?: number
  readonly setup?: readonly SetupStep[]
  readonly stored?: Readonly<Record<string, { readonly path: string }>>
  readonly refs?: Readonly<Record<string, { readonly request: SuiteRequest; readonly answer: Answer }>>
  readonly cases?: readonly SuiteCase[]
  readonly sequences?: readonly { readonly id: string; readonly steps: readonly SequenceStep[] }[]
}

const SUFFIX = '.json.gz'

/** The names of the suites in a folder, sorted. */
export const suitesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort()

/** Reads a suite. */
export const readSuite = (folder: string, name: string): Suite =>
  JSON.parse(gunzipSync(readFileSync(join(folder, name + SUFFIX))).toString()) as Suite

/** Returns the answer that a case expects, in normalised form. */
export function expectedAnswer(
  suite: Suite,
  { ref, expect }: { readonly ref?: string; readonly expect?: Expectation },
): Answer {
  const { ops, status, ...rest } = expect as Expectation
  if (status !== undefined) {
    const common = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }
    return { ...rest, body: { ...common, ...status, code: rest.code } }
  }
  return ops === undefined ? rest : { ...rest, body: applyOps(suite.refs?.[ref as string]?.answer.body, ops) }
}
