import { quote } from '../../lang/go/quote.js'
import { KubectlError } from '../call/errors.js'

/**
 * Throws KubectlError for a name that kubectl does not accept for a variable; it is stricter than current
 * servers. Source: apimachinery util/validation IsEnvVarName.
 */
export function checkEnvName(name: string): void {
  const faults: string[] = []
  if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) {
    faults.push(
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or " +
        "'.', and must not start with a digit " +
        "(e.g. 'my.env-name', or 'MY_ENV.NAME', or 'MyEnvName1', regex used for validation is " +
        "'[-._a-zA-Z][-._a-zA-Z0-9]*')",
    )
  }
  if (name === '.') faults.push("must not be '.'")
  else if (name === '..') faults.push("must not be '..'")
  else if (name.startsWith('..')) faults.push("must not start with '..'")
  if (faults.length > 0) throw new KubectlError(`${quote(name)} is not a valid key name: ${faults.join(';')}`)
}
