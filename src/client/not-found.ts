import { nearest } from '../lang/text/nearest.js'
import { ApiError, type StatusDetails } from './api-error.js'

/**
 * Something of that name does not exist: an object of the API, or a node, machine, component or file of the
 * simulator. Its `code` is 404 and its `reason` is `NotFound`, like those of the apiserver's.
 */
export class NotFoundError extends ApiError {
  constructor(message: string, details?: StatusDetails) {
    super(404, 'NotFound', message, details)
    this.name = 'NotFoundError'
  }
}

/** What there is instead of what was looked for. */
export interface Instead {
  /** The names that exist. */
  readonly known: readonly string[]
  /** How the sentence goes on after the name: `runs on node-1`. */
  readonly where?: string
}

/** So many names are all listed. */
const FEW = 10
/** Most names that are listed. */
const MOST = 20

/** Returns the error of a name that does not exist: `there is no node nod-1; did you mean node-1?` */
export function notFound(kind: string, name: string, { known, where }: Instead): NotFoundError {
  const subject = where === undefined ? `there is no ${kind} ${name}` : `no ${kind} ${name} ${where}`
  return new NotFoundError([subject, ...insteadOf(name, known)].join('; '), { name, kind })
}

function insteadOf(name: string, known: readonly string[]): readonly string[] {
  if (known.length === 0) return ['there are none']
  const more = known.length > MOST ? `, and ${known.length - MOST} more` : ''
  const listed = `there are: ${known.slice(0, MOST).join(', ')}${more}`
  const meant = meantBy(name, known)
  if (meant === undefined) return [listed]
  return [...(known.length <= FEW ? [listed] : []), `did you mean ${meant}?`]
}

/** Also a name of which it is a part: `scheduler` is kube-scheduler. */
function meantBy(name: string, known: readonly string[]): string | undefined {
  const parts = [`/${name}`, `-${name}`]
  return (
    nearest(name, known) ??
    known.find((each) => parts.some((part) => each.endsWith(part))) ??
    known.find((each) => name !== '' && each.includes(name))
  )
}
