import { quote } from '../../lang/go/quote.js'
import type { ProtobufCodec, ProtobufEvent } from '../../api/protobuf/protobuf-codec.js'
import { parseExactJson } from '../../lang/go/json.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { ApiError } from '../../client/api-error.js'
import type { WatchEvent } from '../../client/client.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { ResourceWatch } from '../watch/resource-watch.js'
import { jsonText } from './json-text.js'
import type { HttpWatch } from '../../client/http.js'
import type { Representation } from './represent.js'
import { represent } from './represent.js'

/** The parameters of a watch stream's representation. */
export interface WatchForm extends Representation {
  /** Seconds after which the server ends the stream. */
  readonly timeoutSeconds: number | undefined
  /** Encodes the events if protobuf was negotiated. */
  readonly protobuf: ProtobufCodec | undefined
}

/**
 * Returns the lines of a watch stream, one JSON event each. Only the first Table of a stream has column
 * definitions.
 */
export function watchLines(watch: ResourceWatch, form: WatchForm): HttpWatch {
  let isFirst = true
  const line = ({ type, object }: WatchEvent<KubeObject>): string => {
    const shown = represent(object, form)
    const withoutColumns = form.negotiated.as === 'Table' && !isFirst
    isFirst = false
    return (
      `{"type":"${type}",` +
      `"object":${jsonText(withoutColumns ? { ...shown, columnDefinitions: null } : shown)}}`
    )
  }
  return {
    code: 200,
    headers: headersOf(form),
    timeoutSeconds: form.timeoutSeconds,
    encode: encoderOf(form),
    next: (limit) => {
      try {
        return watch.next(limit).map(line)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        watch.stop()
        return [errorLine(error)]
      }
    },
    onReady: (listener) => watch.onReady(listener),
    stop: () => watch.stop(),
  }
}

const errorLine = (error: ApiError): string => exactJson({ type: 'ERROR', object: error.status })

/** The events are decided, and delayed, as lines; protobuf is made of a line when it is sent. */
function encoderOf({ negotiated, protobuf }: WatchForm): HttpWatch['encode'] {
  if (negotiated.format !== 'protobuf' || protobuf === undefined) return undefined
  return (line) => protobuf.encodeEvent(parseExactJson(line) as ProtobufEvent)
}

const headersOf = ({
  resource: { deprecation },
  negotiated: { format },
}: WatchForm): HttpWatch['headers'] => ({
  'cache-control': 'no-cache, private',
  'content-type':
    format === 'protobuf' ? 'application/vnd.kubernetes.protobuf;stream=watch' : 'application/json',
  ...(deprecation === undefined ? {} : { warning: [`299 - ${quote(deprecation)}`] }),
})

/** Returns a stream of a single ERROR event. */
export function endedWatch(error: ApiError, form: WatchForm): HttpWatch {
  let lines: readonly string[] = [errorLine(error)]
  return {
    code: 200,
    headers: headersOf(form),
    timeoutSeconds: form.timeoutSeconds,
    encode: encoderOf(form),
    next: () => {
      const due = lines
      lines = []
      return due
    },
    onReady: (listener) => listener(),
    stop: () => {
      lines = []
    },
  }
}
