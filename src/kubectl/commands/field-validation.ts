import { quote } from '../../lang/go/quote.js'
import type { WriteOptions } from '../../client/client.js'
import type { CommandLine } from '../call/call.js'
import { KubectlError } from '../call/errors.js'

/**
 * Reads `--validate`. Releases before 1.25 validated fields in kubectl; here the server does it for all
 * releases.
 */
export function fieldValidationOf(call: CommandLine): NonNullable<WriteOptions['fieldValidation']> {
  const text = call.flags.string('validate', 'strict')
  switch (text.toLowerCase()) {
    case 'strict':
    case 'true':
      return 'Strict'
    case 'warn':
      return 'Warn'
    case 'ignore':
    case 'false':
      return 'Ignore'
    default:
      throw new KubectlError(
        `invalid - validate option ${quote(text)}; must be one of: strict (or true), warn, ` +
          'ignore (or false)',
      )
  }
}
