import type { FlagSpec, FlagType } from './flags.js'

/**
 * The flags of every command of kubectl 1.35 with their defaults, as in its help pages; every command has
 * those of `''`. Format: `name/short=default`. The default implies the type (`[]` a list split at commas,
 * `[*]` one that is not); `?x` is the meaning of a bare flag; `!` marks a required flag.
 */
const TABLE: Readonly<Record<string, string>> = {
  '':
    "as='' as-group=[*] as-uid='' as-user-extra=[*] cache-dir='' certificate-authority='' " +
    "client-certificate='' " +
    "client-key='' cluster='' context='' disable-compression=false insecure-skip-tls-verify=false " +
    "kubeconfig='' " +
    "kuberc='' log-flush-frequency=5s match-server-version=false namespace/n='' password='' profile='none' " +
    "profile-output='profile.pprof' request-timeout='0' server/s='' tls-server-name='' token='' " +
    "user='' username='' " +
    "v/v=0 vmodule='' warnings-as-errors=false",
  create:
    "@print @files @dry edit=false field-manager='kubectl-create' raw='' save-config=false " +
    "selector/l='' @validate " +
    'windows-line-endings=false',
  'create clusterrole':
    "@print aggregation-rule='' @dry field-manager='kubectl-create' non-resource-url=[] resource=[] " +
    'resource-name=[*] ' +
    'save-config=false @validate verb=[]',
  'create clusterrolebinding':
    "@print clusterrole=''! @dry field-manager='kubectl-create' group=[*] save-config=false " +
    'serviceaccount=[*] ' +
    'user=[*] @validate',
  'create configmap':
    "@print append-hash=false @dry field-manager='kubectl-create' from-env-file=[] from-file=[] " +
    'from-literal=[*] ' +
    'save-config=false @validate',
  'create cronjob':
    "@print @dry field-manager='kubectl-create' image=''! restart='' save-config=false schedule=''! " +
    '@validate',
  'create deployment':
    "@print @dry field-manager='kubectl-create' image=[]! port=-1 replicas/r=1 save-config=false @validate",
  'create ingress':
    "@print annotation=[*] class='' default-backend='' @dry field-manager='kubectl-create' rule=[*] " +
    'save-config=false ' +
    '@validate',
  'create job': "@print @dry field-manager='kubectl-create' from='' image='' save-config=false @validate",
  'create namespace': "@print @dry field-manager='kubectl-create' save-config=false @validate",
  'create poddisruptionbudget':
    "@print @dry field-manager='kubectl-create' max-unavailable='' min-available='' save-config=false " +
    "selector='' " +
    '@validate',
  'create priorityclass':
    "@print description='' @dry field-manager='kubectl-create' global-default=false " +
    "preemption-policy='PreemptLowerPriority' save-config=false @validate value=0",
  'create quota': "@print @dry field-manager='kubectl-create' hard='' save-config=false scopes='' @validate",
  'create role':
    "@print @dry field-manager='kubectl-create' resource=[] resource-name=[*] save-config=false " +
    '@validate verb=[]',
  'create rolebinding':
    "@print clusterrole='' @dry field-manager='kubectl-create' group=[*] role='' save-config=false " +
    'serviceaccount=[*] ' +
    'user=[*] @validate',
  'create secret docker-registry':
    "@print append-hash=false docker-email='' docker-password='' " +
    "docker-server='https://index.docker.io/v1/' " +
    "docker-username='' @dry field-manager='kubectl-create' from-file=[] save-config=false @validate",
  'create secret generic':
    "@print append-hash=false @dry field-manager='kubectl-create' from-env-file=[] from-file=[] " +
    'from-literal=[*] ' +
    "save-config=false type='' @validate",
  'create secret tls':
    "@print append-hash=false cert='' @dry field-manager='kubectl-create' key='' save-config=false @validate",
  'create service clusterip':
    "@print clusterip='' @dry field-manager='kubectl-create' save-config=false tcp=[] @validate",
  'create service externalname':
    "@print @dry external-name=''! field-manager='kubectl-create' save-config=false tcp=[] @validate",
  'create service loadbalancer':
    "@print @dry field-manager='kubectl-create' save-config=false tcp=[] @validate",
  'create service nodeport':
    "@print @dry field-manager='kubectl-create' node-port=0 save-config=false tcp=[] @validate",
  'create serviceaccount': "@print @dry field-manager='kubectl-create' save-config=false @validate",
  'create token':
    "@print audience=[*] bound-object-kind='' bound-object-name='' bound-object-uid='' duration=0s",
  expose:
    "@print @files cluster-ip='' @dry external-ip='' field-manager='kubectl-expose' labels/l='' " +
    "load-balancer-ip='' " +
    "name='' override-type='merge' overrides='' port='' protocol='' save-config=false selector='' " +
    "session-affinity='' " +
    "target-port='' type=''",
  run:
    "@print @files annotations=[*] attach=false cascade='background'?background command=false @dry env=[*] " +
    "expose=false field-manager='kubectl-run' force=false grace-period=-1 image=''! " +
    "image-pull-policy='' labels/l='' " +
    "leave-stdin-open=false override-type='merge' overrides='' pod-running-timeout=1m0s port='' " +
    'privileged=false ' +
    "quiet/q=false restart='Always' rm=false save-config=false stdin/i=false timeout=0s tty/t=false " +
    'wait=false',
  'set env':
    "@print @files all=false containers/c='*' @dry env/e=[*] field-manager='kubectl-set' from='' " +
    'keys=[] list=false ' +
    "local=false overwrite=true prefix='' resolve=false selector/l=''",
  'set image': "@print @files all=false @dry field-manager='kubectl-set' local=false selector/l=''",
  'set resources':
    "@print @files all=false containers/c='*' @dry field-manager='kubectl-set' limits='' local=false " +
    "requests='' " +
    "selector/l=''",
  'set selector':
    "@print all=false @dry field-manager='kubectl-set' filename/f=[] local=false recursive/R=true " +
    "resource-version=''",
  'set serviceaccount': "@print @files all=false @dry field-manager='kubectl-set' local=false",
  'set subject':
    "@print @files all=false @dry field-manager='kubectl-set' group=[] local=false selector/l='' " +
    'serviceaccount=[] ' +
    'user=[]',
  explain: "api-version='' output/o='plaintext' recursive=false",
  get:
    "@print @files all-namespaces/A=false chunk-size=500 field-selector='' ignore-not-found=false " +
    'label-columns/L=[] ' +
    "no-headers=false output-watch-events=false raw='' selector/l='' server-print=true show-kind=false " +
    "show-labels=false sort-by='' subresource='' watch/w=false watch-only=false",
  edit:
    "@print @files field-manager='kubectl-edit' output-patch=false save-config=false subresource='' " +
    '@validate ' +
    'windows-line-endings=false',
  delete:
    "@files all=false all-namespaces/A=false cascade='background'?background @dry field-selector='' " +
    'force=false ' +
    "grace-period=-1 ignore-not-found=false interactive/i=false now=false output/o='' raw='' " +
    "selector/l='' timeout=0s " +
    'wait=true',
  'rollout history': "@print @files revision=0 selector/l=''",
  'rollout pause': "@print @files field-manager='kubectl-rollout' selector/l=''",
  'rollout restart': "@print @files field-manager='kubectl-rollout' selector/l=''",
  'rollout resume': "@print @files field-manager='kubectl-rollout' selector/l=''",
  'rollout status': "@files revision=0 selector/l='' timeout=0s watch/w=true",
  'rollout undo': "@print @files @dry selector/l='' to-revision=0",
  scale:
    "@print @files all=false current-replicas=-1 @dry replicas=0! resource-version='' selector/l='' " +
    'timeout=0s',
  autoscale:
    "@print @files cpu='' @dry field-manager='kubectl-autoscale' max=-1! memory='' min=-1 name='' " +
    'save-config=false',
  'certificate approve': '@print @files force=false',
  'certificate deny': '@print @files force=false',
  'cluster-info dump':
    "all-namespaces/A=false allow-missing-template-keys=true namespaces=[] output/o='json' " +
    "output-directory='' " +
    "pod-running-timeout=20s show-managed-fields=false template=''",
  'top node':
    "no-headers=false selector/l='' show-capacity=false show-swap=false sort-by='' use-protocol-buffers=true",
  'top pod':
    "all-namespaces/A=false containers=false field-selector='' no-headers=false selector/l='' " +
    'show-swap=false ' +
    "sort-by='' sum=false use-protocol-buffers=true",
  cordon: "@dry selector/l=''",
  uncordon: "@dry selector/l=''",
  drain:
    'chunk-size=500 delete-emptydir-data=false disable-eviction=false @dry force=false grace-period=-1 ' +
    "ignore-daemonsets=false pod-selector='' selector/l='' skip-wait-for-delete-timeout=0 timeout=0s",
  taint: "@print all=false @dry field-manager='kubectl-taint' overwrite=false selector/l='' @validate",
  describe: "@files all-namespaces/A=false chunk-size=500 selector/l='' show-events=true",
  logs:
    "all-containers=false all-pods=false container/c='' follow/f=false ignore-errors=false " +
    'insecure-skip-tls-verify-backend=false limit-bytes=0 max-log-requests=5 pod-running-timeout=20s ' +
    'prefix=false ' +
    "previous/p=false selector/l='' since=0s since-time='' tail=-1 timestamps=false",
  attach: "container/c='' pod-running-timeout=1m0s quiet/q=false stdin/i=false tty/t=false",
  exec: "container/c='' filename/f=[] pod-running-timeout=1m0s quiet/q=false stdin/i=false tty/t=false",
  'port-forward': 'address=[localhost] pod-running-timeout=1m0s',
  proxy:
    "accept-hosts='^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$' accept-paths='^.*' address='127.0.0.1' " +
    "api-prefix='/' " +
    "append-server-path=false disable-filter=false keepalive=0s port/p=8001 reject-methods='^$' " +
    "reject-paths='^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach' unix-socket/u='' www/w='' " +
    "www-prefix/P='/static/'",
  cp: "container/c='' no-preserve=false retries=0",
  'auth can-i': "all-namespaces/A=false list=false no-headers=false quiet/q=false subresource=''",
  'auth reconcile': '@print @files @dry remove-extra-permissions=false remove-extra-subjects=false',
  'auth whoami': '@print',
  debug:
    "arguments-only=false attach=false container/c='' copy-to='' custom='' env=[*] filename/f=[] image='' " +
    "image-pull-policy='' keep-annotations=false keep-init-containers=true keep-labels=false " +
    'keep-liveness=false ' +
    "keep-readiness=false keep-startup=false profile='legacy' quiet/q=false replace=false same-node=false " +
    "set-image=[] share-processes=true stdin/i=false target='' tty/t=false",
  events: "@print all-namespaces/A=false chunk-size=500 for='' no-headers=false types=[] watch/w=false",
  diff:
    "@files concurrency=1 field-manager='kubectl-client-side-apply' force-conflicts=false prune=false " +
    "prune-allowlist=[*] selector/l='' server-side=false show-managed-fields=false",
  apply:
    "@print @files all=false cascade='background'?background @dry " +
    "field-manager='kubectl-client-side-apply' " +
    'force=false force-conflicts=false grace-period=-1 openapi-patch=true overwrite=true prune=false ' +
    "prune-allowlist=[*] selector/l='' server-side=false subresource='' timeout=0s @validate wait=false",
  'apply edit-last-applied':
    "@print @files field-manager='kubectl-client-side-apply' @validate windows-line-endings=false",
  'apply set-last-applied': '@print create-annotation=false @dry filename/f=[]',
  'apply view-last-applied': "@files all=false output/o='yaml' selector/l=''",
  patch:
    "@print @files @dry field-manager='kubectl-patch' local=false patch/p='' patch-file='' subresource='' " +
    "type='strategic'",
  replace:
    "@print @files cascade='background'?background @dry field-manager='kubectl-replace' force=false " +
    'grace-period=-1 ' +
    "raw='' save-config=false subresource='' timeout=0s @validate wait=false",
  wait:
    "@print all=false all-namespaces/A=false field-selector='' filename/f=[] for='' local=false " +
    'recursive/R=true ' +
    "selector/l='' timeout=30s",
  label:
    "@print @files all=false all-namespaces/A=false @dry field-manager='kubectl-label' " +
    "field-selector='' list=false " +
    "local=false overwrite=false resource-version='' selector/l=''",
  annotate:
    "@print @files all=false all-namespaces/A=false @dry field-manager='kubectl-annotate' " +
    "field-selector='' " +
    "list=false local=false overwrite=false resource-version='' selector/l=''",
  'api-resources':
    "api-group='' cached=false categories=[] namespaced=true no-headers=false output/o='' " +
    'show-managed-fields=false ' +
    "sort-by='' verbs=[]",
  'api-versions': '',
  'config current-context': '',
  'config delete-cluster': '',
  'config delete-context': '',
  'config delete-user': '',
  'config get-clusters': '',
  'config get-contexts': "no-headers=false output/o=''",
  'config get-users': '',
  'config rename-context': '',
  'config set': 'set-raw-bytes=false',
  'config set-cluster':
    "certificate-authority='' embed-certs=false insecure-skip-tls-verify=false proxy-url='' server='' " +
    "tls-server-name=''",
  'config set-context': "cluster='' current=false namespace/n='' user=''",
  'config set-credentials':
    "auth-provider='' auth-provider-arg=[*] client-certificate='' client-key='' embed-certs=false " +
    "exec-api-version='' " +
    "exec-arg=[*] exec-command='' exec-env=[*] exec-interactive-mode='' " +
    "exec-provide-cluster-info=false password='' " +
    "token='' username=''",
  'config unset': '',
  'config use-context': '',
  'config view':
    "allow-missing-template-keys=true flatten=false merge=true minify=false output/o='yaml' raw=false " +
    "show-managed-fields=false template=''",
  'plugin list': 'name-only=false',
  version: "client=false output/o=''",
}

/** Flags that occur together. */
const GROUPS: Readonly<Record<string, string>> = {
  '@print': "allow-missing-template-keys=true output/o='' show-managed-fields=false template=''",
  '@files': "filename/f=[] kustomize/k='' recursive/R=false",
  '@dry': "dry-run='none'?unchanged",
  '@validate': "validate='strict'?strict",
}

/** Flags that help pages omit, with the message that kubectl prints for them. */
const DEPRECATED: Readonly<Record<string, readonly (FlagSpec & { readonly deprecated: string })[]>> = {
  autoscale: [
    {
      name: 'cpu-percent',
      type: 'int',
      value: '-1',
      deprecated:
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' " +
        'for milliCPU).',
    },
  ],
}

const RECORD: FlagSpec = {
  name: 'record',
  type: 'bool',
  value: 'false',
  deprecated: '--record will be removed in the future',
}
const RECORDED: ReadonlySet<string> = new Set([
  'annotate',
  'autoscale',
  'edit',
  'expose',
  'label',
  'patch',
  'run',
  'scale',
  'set env',
  'set image',
  'set resources',
  'set selector',
  'set serviceaccount',
])

const known = new Map<string, readonly FlagSpec[]>()

/** The flags of a command (`get`, `rollout status`) without the global ones, which are listed under `''`. */
export function flagsOf(command: string): readonly FlagSpec[] {
  let flags = known.get(command)
  if (flags === undefined) {
    const listed = Object.hasOwn(TABLE, command) ? specsOf(TABLE[command] as string) : []
    flags = [...listed, ...(DEPRECATED[command] ?? []), ...(RECORDED.has(command) ? [RECORD] : [])]
    known.set(command, flags)
  }
  return flags
}

/** Whether the real kubectl has a command of that name. */
export function isListed(command: string): boolean {
  return Object.hasOwn(TABLE, command)
}

const specsOf = (text: string): readonly FlagSpec[] =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .flatMap((word) => {
      const group = GROUPS[word]
      return group === undefined ? [specOf(word)] : specsOf(group)
    })

const WORD = /^([\w-]+)(?:\/(\w))?=(.*?)(?:\?(\w+))?(!?)$/

function specOf(word: string): FlagSpec {
  const [, name = '', short, value = '', bare, required] = WORD.exec(word) ?? []
  const type = typeOf(value)
  return {
    name,
    type,
    value:
      type === 'string'
        ? value.slice(1, -1)
        : type === 'strings' || type === 'array'
          ? value.replaceAll(/[[\]*]/g, '')
          : value,
    ...(short === undefined ? {} : { short }),
    ...(bare === undefined ? {} : { bare }),
    ...(required === '!' ? { required: true } : {}),
  }
}

function typeOf(value: string): FlagType {
  if (value === 'true' || value === 'false') return 'bool'
  if (value.startsWith("'")) return 'string'
  if (value.startsWith('[')) return value === '[*]' ? 'array' : 'strings'
  return /[smh]$/.test(value) ? 'duration' : 'int'
}
