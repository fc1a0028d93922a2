import type { KubeObject } from '../../api/definition.js'
import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { printValue } from '../print/object.js'
import { failing, nameOf, naming, optional } from './generate.js'

const BOUND: Readonly<Record<string, string>> = { Pod: 'v1', Secret: 'v1', Node: 'v1' }

/** `kubectl create token SERVICE_ACCOUNT`. Source: kubectl pkg/cmd/create/create_token.go. */
export const token: Command = {
  name: 'token',
  run(call) {
    const { flags, out } = call
    const name = nameOf(call)
    const spec = specOf(call)
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec }
    const key = { namespace: call.namespace, name }
    const answer = failing('failed to create token:', () =>
      naming(call, `/api/v1/namespaces/${key.namespace}/serviceaccounts/${name}/token`, () =>
        call.client.createSubresource('serviceaccounts', key, 'token', request),
      ),
    ) as KubeObject
    const format = flags.string('output')
    const { token: text = '' } = (answer as { readonly status?: { readonly token?: string } }).status ?? {}
    if (text === '') throw new KubectlError('failed to create token: no token in server response')
    if (format === '') out.line(text)
    else
      out.write(
        printValue({ kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', ...answer }, format),
      )
  },
}

function specOf({ flags }: Call): object {
  const duration = flags.duration('duration')
  if (flags.has('duration') && duration < 0)
    throw new KubectlError('--duration must be greater than or equal to 0')
  if (duration % 1000 !== 0)
    throw new KubectlError('--duration cannot be expressed in units less than seconds')
  const [kind, name, uid] = ['kind', 'name', 'uid'].map((part) => flags.string(`bound-object-${part}`)) as [
    string,
    string,
    string,
  ]
  if (kind === '') {
    if (name !== '')
      throw new KubectlError('--bound-object-name can only be set if --bound-object-kind is provided')
    if (uid !== '')
      throw new KubectlError('--bound-object-uid can only be set if --bound-object-kind is provided')
  } else {
    if (!Object.hasOwn(BOUND, kind))
      throw new KubectlError('supported --bound-object-kind values are Node, Pod, Secret')
    if (name === '')
      throw new KubectlError('--bound-object-name is required if --bound-object-kind is provided')
  }
  const bound = { kind, apiVersion: BOUND[kind], name, ...optional('uid', uid) }
  return {
    audiences: flags.strings('audience'),
    ...(duration === 0 ? {} : { expirationSeconds: duration / 1000 }),
    ...(kind === '' ? {} : { boundObjectRef: bound }),
  }
}
