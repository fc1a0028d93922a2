import { invalid, required } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { GoUrlError, parseUrl } from '../../lang/go/url.js'
import { dnsSubdomainFaults } from './names.js'

/** How to reach a webhook, for both admission and conversion webhooks. */
export interface ClientConfig {
  readonly url?: string
  readonly caBundle?: string
  readonly service?: {
    readonly name: string
    readonly namespace: string
    readonly path?: string
    readonly port?: number
  }
}

const FORM = 'desired format: https://host[/path]'

/** Source: apiserver pkg/util/webhook/validation.go, and the callers' check of url against service. */
export function validateClientConfig(
  { url, service }: ClientConfig,
  path: string,
  both: string,
): readonly FieldError[] {
  if ((url === undefined) === (service === undefined)) return [required(path, both)]
  if (url !== undefined) return validateUrl(url, `${path}.url`)
  return service === undefined ? [] : validateService(service, `${path}.service`)
}

interface UrlParts {
  readonly scheme: string
  readonly user: string
  readonly host: string
  readonly query: string
  readonly fragment: string
}

function splitUrl(text: string): UrlParts {
  const match =
    /^(?:([A-Za-z][-+.A-Za-z0-9]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#([^]*))?$/.exec(
      text,
    )
  const [, scheme = '', user = '', host = '', query = '', fragment = ''] = match ?? []
  return { scheme: scheme.toLowerCase(), user, host, query, fragment }
}

/** Source: ValidateWebhookURL. */
function validateUrl(url: string, path: string): readonly FieldError[] {
  try {
    parseUrl(url)
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error
    return [required(path, `url must be a valid URL: ${error.message}; ${FORM}`)]
  }
  const { scheme, user, host, query, fragment } = splitUrl(url)
  const errors: FieldError[] = []
  if (scheme !== 'https')
    errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme; ${FORM}`))
  if (host === '') errors.push(invalid(path, host, `host must be specified; ${FORM}`))
  if (user !== '') errors.push(invalid(path, user, 'user information is not permitted in the URL'))
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'))
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'))
  return errors
}

/**
 * Source: ValidateWebhookService. Its callers give name and namespace in the wrong order, so that each fault
 * names the other field.
 */
function validateService(service: NonNullable<ClientConfig['service']>, path: string): readonly FieldError[] {
  const { name, namespace, path: urlPath, port = 443 } = service
  const errors: FieldError[] = []
  if (namespace === '') errors.push(required(`${path}.name`))
  if (name === '') errors.push(required(`${path}.namespace`))
  if (port < 1 || port > 65535) {
    errors.push(invalid(`${path}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'))
  }
  return urlPath === undefined ? errors : [...errors, ...validatePath(urlPath, `${path}.path`)]
}

function validatePath(urlPath: string, path: string): readonly FieldError[] {
  if (urlPath === '' || urlPath === '/') return []
  const fault = (text: string): FieldError => invalid(path, urlPath, text)
  const errors = urlPath.startsWith('/') ? [] : [fault("must start with a '/'")]
  // the first character is cut off, whatever it is
  const parts = urlPath === '//' ? [''] : urlPath.slice(1).replace(/\/$/, '').split('/')
  parts.forEach((part, at) => {
    if (part === '') errors.push(fault(`segment[${at}] may not be empty`))
    else errors.push(...dnsSubdomainFaults(part).map((why) => fault(`segment[${at}]: ${why}`)))
  })
  return errors
}
