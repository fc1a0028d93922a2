import type { CommandLine } from './call.js'
import { KubectlError } from './errors.js'
import { answerText } from '../client/response.js'

/**
 * Sends the file of `-f` unchanged to a path (`create --raw`, `replace --raw`), and prints the response.
 * Throws KubectlError, ApiError.
 */
export function sendRaw(call: CommandLine, method: 'POST' | 'PUT', path: string): void {
  const [source, ...more] = call.files.read(call.flags.strings('filename'), false)
  if (source === undefined || more.length > 0)
    throw new KubectlError('--raw can only use a single local file or stdin')
  call.out.write(
    answerText(
      call.request({
        method,
        path,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: source.text,
      }),
    ),
  )
}
