import type { SubcommandCall } from './subcommand.js'

/** Where a pod finds the token of its service account. */
export const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/**
 * Sends a GET to the apiserver with the pod's token, as client-go does in a pod. `status` is 0 and `body` the
 * kind of failure if it does not respond.
 */
export function askApiserver(
  { env, world }: SubcommandCall,
  path: string,
): { readonly status: number; readonly body: string } {
  const connected = world.network.connect(
    env['KUBERNETES_SERVICE_HOST'] ?? '',
    Number(env['KUBERNETES_SERVICE_PORT']),
    {
      protocol: 'http',
      path,
      secure: true,
      headers: { authorization: `Bearer ${world.files.read(TOKEN)}`, accept: 'application/json' },
    },
  )
  if (connected.kind !== 'responded') return { status: 0, body: connected.kind }
  const { status = 0, body } = connected.response
  return { status, body }
}
