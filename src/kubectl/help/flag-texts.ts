/**
 * What each flag does, by name; by `command flag` where a command means something else by it. In our own
 * words: `name: text`, one on a line.
 */
const TEXT = `
accept-hosts: Regular expression for hosts that the proxy accepts.
accept-paths: Regular expression for paths that the proxy accepts.
address: IP address to listen on.
aggregation-rule: Label selector of the ClusterRoles to combine.
all: Select all resources of the given types in the namespace.
all-containers: Print the logs of all containers of the pod.
all-namespaces: Look at all namespaces, whatever the current one is.
all-pods: Print the logs of all pods of the resource; sets --prefix.
allow-missing-template-keys: Ignore fields and keys that a template names and an object lacks.
annotation: Annotation to add, as key=value.
annotations: Annotations of the pod.
api-group: Show only resources of this API group.
api-prefix: Path below which the API is served.
api-version: Use this version of the resource, as group/version.
append-hash: Add a hash of the content to the name.
append-server-path: Add the path of the server's address to proxied requests.
arguments-only: Use everything after -- as arguments of the container's command.
as: User to act as.
as-group: Group to act as; can be repeated.
as-uid: UID to act as.
as-user-extra: Extra value to act with, as key=value; can be repeated.
attach: Wait until the container runs, then attach to it.
audience: Audience of the token; can be repeated.
auth-provider: Authentication provider of the user.
auth-provider-arg: Argument of the authentication provider, as key=value.
bound-object-kind: Kind of the object that the token ends with: Pod, Node or Secret.
bound-object-name: Name of the object that the token ends with.
bound-object-uid: UID of the object that the token ends with.
cache-dir: Directory in which discovery and responses are cached.
cached: Use the cached list of resources if there is one.
cascade: What happens to dependents: "background", "foreground" or "orphan".
categories: Show only resources of these categories.
cert: File with the certificate, PEM.
certificate-authority: File with the certificate authority of the server, PEM.
chunk-size: Objects in one response of a long list; 0 asks for all at once.
class: Class of the ingress.
client: Show only the version of kubectl; ask no server.
client-certificate: File with the client certificate, PEM.
client-key: File with the key of the client certificate, PEM.
cluster: Cluster of the kubeconfig to use.
cluster-ip: Cluster IP of the service; "None" for a headless one.
clusterip: Cluster IP of the service; "None" for a headless one.
clusterrole: ClusterRole that is bound.
command: Use everything after -- as the command, not as arguments.
concurrency: Objects that are compared at the same time.
container: Container; by default the one that the pod's annotation names, else the first.
containers: Containers to change, as a name or a wildcard.
context: Context of the kubeconfig to use.
copy-to: Debug a copy of the pod with this name.
cpu: Target for CPU: a percentage of the requests, or a quantity for each pod.
create-annotation: Create the annotation if the object lacks it.
current: Change the current context.
current-replicas: Scale only if this is the present number of replicas; -1: whatever it is.
custom: File with a partial container that changes the profile.
default-backend: Service for requests that no rule matches, as name:port.
delete-emptydir-data: Go on with pods that use emptyDir; their data is lost.
description: Text that says when to use the priority class.
disable-compression: Ask for uncompressed responses.
disable-eviction: Delete pods instead of evicting them; ignores disruption budgets.
disable-filter: Proxy every request; dangerous.
docker-email: E-mail address for the registry.
docker-password: Password for the registry.
docker-server: Address of the registry.
docker-username: User of the registry.
dry-run: "client": print what would be sent; "server": send it, and store nothing; "none": do it.
duration: Time that the token is good for.
edit: Edit the object before it is created.
embed-certs: Put the content of the certificates into the kubeconfig.
env: Environment variable, as name=value; can be repeated.
exec-api-version: API version of the program that provides credentials.
exec-arg: Argument of the program that provides credentials.
exec-command: Program that provides credentials.
exec-env: Environment variable of the program that provides credentials.
exec-interactive-mode: Whether the program may read the terminal: Never, IfAvailable or Always.
exec-provide-cluster-info: Tell the program about the cluster.
expose: Create a ClusterIP service for the pod; needs --port.
external-ip: Further IP address that the service accepts.
external-name: Name outside the cluster that the service stands for.
field-manager: Name under which changes to fields are recorded.
field-selector: Select by fields, as key1=value1,key2!=value2; which fields depends on the type.
filename: File, directory or URL with the objects.
flatten: Put the content of files into the output, so that it stands alone.
follow: Go on printing as the log grows.
for: Condition to wait for: create, delete, condition=NAME[=VALUE] or jsonpath='{PATH}'[=VALUE].
force: Do it even if pods have no controller, or by deleting at once.
force-conflicts: Take over fields that others manage.
from: Source: kind/name.
from-env-file: File of lines key=value.
from-file: File whose content becomes a value, as path or key=path; or a directory.
from-literal: Key and value, as key=value.
global-default: Make this the priority class of pods that name none.
grace-period: Seconds that a pod may take to end; -1: what the pod says, 0: with --force only.
group: Group; can be repeated.
hard: Limits of the quota, as resource=quantity,...
ignore-daemonsets: Leave pods of DaemonSets where they are.
ignore-errors: Go on when a log cannot be read.
ignore-not-found: An object that does not exist is no error.
image: Image of the container.
image-pull-policy: When the image is pulled: Always, IfNotPresent or Never.
insecure-skip-tls-verify: Do not verify the server's certificate.
insecure-skip-tls-verify-backend: Do not verify the certificate of the kubelet.
interactive: Ask before deleting.
keep-annotations: Keep the annotations of the original pod.
keep-init-containers: Keep the init containers of the original pod.
keep-labels: Keep the labels of the original pod.
keep-liveness: Keep the liveness probes of the original pod.
keep-readiness: Keep the readiness probes of the original pod.
keep-startup: Keep the startup probes of the original pod.
keepalive: Period of keep-alive messages; 0s turns them off.
key: File with the private key, PEM.
keys: Keys to import from the source.
kubeconfig: File with clusters, users and contexts.
kuberc: File with preferences.
kustomize: Directory with a kustomization.
label-columns: Labels that become columns.
labels: Labels, as key1=value1,key2=value2.
leave-stdin-open: Keep the input of the container open after the first client has ended.
limit-bytes: Most bytes of the log; 0: no limit.
limits: Limits, as cpu=100m,memory=256Mi.
list: List what is there, and change nothing.
load-balancer-ip: IP address of the load balancer.
local: Change the given files only; ask no server.
log-flush-frequency: Longest time between two flushes of the log.
match-server-version: Fail if the versions of client and server differ.
max: Largest number of pods.
max-log-requests: Most logs that are followed at the same time.
max-unavailable: Most pods that may be unavailable, as a number or a percentage.
memory: Target for memory: a percentage of the requests, or a quantity for each pod.
merge: Merge all kubeconfig files.
min: Smallest number of pods.
min-available: Fewest pods that must be available, as a number or a percentage.
minify: Show only what the current context uses.
name: Name of the new object.
name-only: Show only the names of the plugins.
namespace: Namespace of the request.
namespaced: true: namespaced resources; false: cluster-scoped ones; default: both.
namespaces: Namespaces to dump.
no-headers: Leave out the header line.
no-preserve: Do not keep owner and permissions of the files.
node-port: Port on every node; 0: one is chosen.
non-resource-url: Path that is not a resource; can be repeated.
now: Delete as fast as possible: a grace period of one second.
openapi-patch: Use the server's OpenAPI document to make the patch.
output: Output format: json, yaml, name, wide, custom-columns=..., jsonpath=..., go-template=...
output-directory: Directory for the files; - prints everything.
output-patch: Print the patch that an edit results in.
output-watch-events: Print the type of each event, with --watch.
override-type: How --overrides are merged: json, merge or strategic.
overrides: JSON that changes the generated object.
overwrite: Replace values that are there.
password: Password for basic authentication.
patch: Patch, as JSON or YAML.
patch-file: File with the patch.
pod-running-timeout: Longest time to wait for a running pod.
pod-selector: Label selector of the pods to drain.
port: Port.
preemption-policy: PreemptLowerPriority or Never.
prefix: Begin each line with pod and container.
previous: Print the log of the container's previous run.
privileged: Run the container in privileged mode.
profile: Kind of profile to record.
profile-output: File for the profile.
protocol: TCP, UDP or SCTP.
proxy-url: Proxy through which the cluster is reached.
prune: Delete objects that were applied before, and are not among the given ones.
prune-allowlist: Type that may be pruned, as group/version/Kind; can be repeated.
quiet: Print less.
raw: Path of the API to send the request to.
recursive: Process subdirectories of --filename; for explain: print all fields.
reject-methods: Regular expression for methods that the proxy refuses.
reject-paths: Regular expression for paths that the proxy refuses.
remove-extra-permissions: Remove permissions that the file does not have.
remove-extra-subjects: Remove subjects that the file does not have.
replace: Delete the original pod, with --copy-to.
replicas: Number of replicas.
request-timeout: Longest time for one request, as 1s, 2m or 3h; 0: no limit.
requests: Requests, as cpu=100m,memory=256Mi.
resolve: Show the values of references to secrets and config maps.
resource: Resource that the rule is about; can be repeated.
resource-name: Object that the rule is about; can be repeated.
resource-version: Change only if the object has this version.
restart: When containers start again: Always, OnFailure or Never.
retries: Times that a failed copy goes on; -1: for ever.
revision: Revision to show or to wait for; 0: the latest.
rm: Delete the pod when it has ended; only attached.
role: Role that is bound.
rule: Rule of the ingress: host/path=service:port[,tls[=secret]].
same-node: Put the copy on the node of the original pod.
save-config: Keep the configuration in an annotation, for kubectl apply.
schedule: Schedule in cron's form.
scopes: Scopes that the quota counts, separated by commas.
selector: Select by labels: key=value, key!=value, key in (a,b), key, !key.
server: Address and port of the apiserver.
server-print: Let the server make the table.
server-side: Let the server merge the changes.
serviceaccount: Service account, as namespace:name; can be repeated.
session-affinity: None or ClientIP.
set-image: Images of containers, as name=image; can be repeated.
set-raw-bytes: The value is base64.
share-processes: Share one process namespace in the copy.
show-capacity: Count use against capacity, not against what is allocatable.
show-events: Show the events of the objects.
show-kind: Put the type before each name.
show-labels: Show all labels in the last column.
show-managed-fields: Keep managedFields in JSON and YAML.
show-swap: Show the use of swap.
since: Show only what is younger than this, as 5s, 2m or 3h.
since-time: Show only what is younger than this time (RFC 3339).
skip-wait-for-delete-timeout: Do not wait for pods that have been ending for more seconds than this; 0: wait.
sort-by: Sort by this field: a JSONPath, or cpu or memory.
stdin: Pass the input to the container.
subresource: Subresource to read or to change: status, scale or resize.
sum: Print the sum of all.
tail: Lines from the end of the log; -1: all.
target: Container whose processes the debugging container sees.
target-port: Port of the container, by number or name.
tcp: Ports of the service, as port or port:targetPort.
template: Template for --output=go-template and its kin, or its file.
timeout: Longest time to wait; 0: no limit, or what the grace period says.
timestamps: Begin each line with its time.
tls-server-name: Name to expect in the server's certificate.
to-revision: Revision to go back to; 0: the last one.
token: Token for the apiserver.
tty: Give the command a terminal.
type: Type of the new object, or of the patch: json, merge or strategic.
types: Types of events to show: Normal, Warning.
unix-socket: Socket to listen on, instead of a port.
use-protocol-buffers: Read metrics as protobuf.
user: User of the kubeconfig to use.
username: User name for basic authentication.
v: Level of detail of the log.
validate: What unknown and duplicate fields are: "strict" an error, "warn" a warning, "ignore" nothing.
value: Number of the priority class; more is more important.
verb: Verb of the rule; can be repeated.
verbs: Show only resources that support these verbs.
vmodule: Levels of detail by file, as pattern=N,...
wait: Wait until the deleted objects are gone.
warnings-as-errors: End with an error if the server warns.
watch: Go on, and print what changes.
watch-only: Print changes only, not what is there.
windows-line-endings: Write CRLF into the file that is edited.
www: Directory with static files to serve.
www-prefix: Path below which static files are served.
create clusterrolebinding user: User that is bound; can be repeated.
create rolebinding user: User that is bound; can be repeated.
set subject user: User that is bound; can be repeated.
config set-context cluster: Cluster of the context.
config set-context user: User of the context.
config set-context namespace: Namespace of the context.
create service nodeport tcp: Ports of the service, as port or port:targetPort.
expose port: Port of the service; by default that of the exposed object.
rollout status watch: Wait until the rollout is complete.
rollout status timeout: Longest time to wait; 0: no limit.
events for: Show only events about this object, as type/name.
create token duration: Time that the token is good for; 0: what the server chooses.
create job from: Object to copy the job from; only cronjob/NAME.
set env from: Source of the variables: configmap/NAME or secret/NAME.
set env env: Variables to set; NAME- removes one.
set env all: Select all resources of the given types.
set env prefix: Prefix for the names of imported variables.
drain force: Go on with pods that no controller will create again.
delete force: Delete at once, and do not wait for the end of the containers.
apply force: Delete and create an object that cannot be changed.
replace force: Delete and create the object.
certificate approve force: Approve a request that has been approved or denied.
certificate deny force: Deny a request that has been approved or denied.
drain timeout: Longest time to wait for pods to end; 0: no limit.
auth can-i list: List everything that the user may do.
auth can-i quiet: Print nothing; the exit code tells.
version output: json or yaml.
config view raw: Show certificates, keys and tokens as they are.
`

const texts = new Map(
  TEXT.trim()
    .split('\n')
    .map((line): [string, string] => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
)

/** Returns what a flag of a command does. */
export function flagText(command: string, flag: string): string {
  return texts.get(`${command} ${flag}`) ?? texts.get(flag) ?? ''
}
