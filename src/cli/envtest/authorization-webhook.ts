import { parseGoDuration } from '../../lang/go/duration.js'
import { OutsideAuthorizer, type OutsideAuthorizerOptions } from '../../server/webhooks/authorizer.js'
import { commandFailed, flagOf, type ProgramFlags } from './program.js'
import { webhookServer } from './webhook-kubeconfig.js'

const FILE = 'authorization-webhook-config-file'

/**
 * Returns the authorizer of `--authorization-mode=Webhook`, whose server a kubeconfig names. Source:
 * pkg/kubeapiserver/options/authorization.go.
 */
export function authorizationWebhook(flags: ProgramFlags): OutsideAuthorizer {
  const server = webhookServer(flags, FILE)
  if (server === undefined)
    throw commandFailed(
      "authorization-mode Webhook's authorization config file not passed: set " +
        '--authorization-webhook-config-file',
    )
  const version = flagOf(flags, 'authorization-webhook-version') ?? 'v1beta1'
  if (version !== 'v1' && version !== 'v1beta1')
    throw commandFailed(
      `unsupported webhook authorizer version "${version}", supported versions are v1, v1beta1`,
    )
  return new OutsideAuthorizer({
    ...server,
    version,
    ...ttlOf(flags, 'authorized'),
    ...ttlOf(flags, 'unauthorized'),
  })
}

function ttlOf(
  flags: ProgramFlags,
  which: 'authorized' | 'unauthorized',
): Pick<OutsideAuthorizerOptions, 'authorizedTtl' | 'unauthorizedTtl'> {
  const text = flagOf(flags, `authorization-webhook-cache-${which}-ttl`)
  return text === undefined ? {} : { [`${which}Ttl`]: parseGoDuration(text) }
}
