/** `over-tls.mjs LIBRARY KUBECONFIG KUBECONFIG-OF-JANE`: the scenario against a served cluster. */
import { connections, play } from './scenario.mjs'

const [library, ...files] = process.argv.slice(2)
const k8s = await import(library)
const [kc, jane] = files.map((file) => {
  const config = new k8s.KubeConfig()
  config.loadFromFile(file)
  return config
})
console.log(JSON.stringify({ ...(await play(k8s, kc, jane)), connections: await connections(k8s, kc) }))
process.exit()
