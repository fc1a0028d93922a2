import { KubectlError } from '../../errors.js'
import { evaluateGoTemplate } from './evaluate.js'
import type { GoTemplateOptions } from './evaluate.js'
import { goText } from './format.js'
import { GoTemplateError } from './nodes.js'
import type { GoTemplate } from './nodes.js'
import { parseGoTemplate } from './parse.js'

/**
 * What `-o go-template=...` prints of an object. Throws KubectlError for a template that cannot be read or
 * fails.
 */
export function goTemplateText(text: string, object: object, options: GoTemplateOptions): string {
  const template = parsed(text)
  try {
    return evaluateGoTemplate(template, object, options)
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error
    throw new KubectlError(
      `error executing template ${JSON.stringify(text)}: template: output: ` +
        `${error.message}\n${goText(object)}`,
    )
  }
}

function parsed(text: string): GoTemplate {
  try {
    return parseGoTemplate(text)
  } catch (error) {
    throw error instanceof GoTemplateError
      ? new KubectlError(`error parsing template ${text}, ${error.message}`)
      : error
  }
}
