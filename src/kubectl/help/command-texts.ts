/** The groups of commands in kubectl's own help. */
export const GROUPS: readonly (readonly [title: string, commands: string])[] = [
  ['Basic Commands (Beginner)', 'create expose run set'],
  ['Basic Commands (Intermediate)', 'explain get edit delete'],
  ['Deploy Commands', 'rollout scale autoscale'],
  ['Cluster Management Commands', 'certificate cluster-info top cordon uncordon drain taint'],
  [
    'Troubleshooting and Debugging Commands',
    'describe logs attach exec port-forward proxy cp auth debug events',
  ],
  ['Advanced Commands', 'diff apply patch replace wait kustomize'],
  ['Settings Commands', 'label annotate completion'],
  ['Other Commands', 'api-resources api-versions config plugin version'],
]

/**
 * What each command does, its arguments, and examples, in our own words: `command | what | arguments`, then
 * examples as the lines of a terminal with a comment before each. Indented lines go on with the one before.
 */
const TEXT = `
create | Create objects from a file or from stdin | -f FILENAME
# Create what a file says
kubectl create -f pod.yaml
create clusterrole | Create a ClusterRole | NAME --verb=verb --resource=resource.group
  [--resource-name=name]
# A role that reads pods everywhere
kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods
create clusterrolebinding | Bind a ClusterRole in the whole cluster | NAME --clusterrole=NAME
  [--user=name] [--group=name] [--serviceaccount=namespace:name]
# Make jane an administrator
kubectl create clusterrolebinding jane-admin --clusterrole=cluster-admin --user=jane
create configmap | Create a ConfigMap from files, directories or literal values | NAME
  [--from-file=[key=]source] [--from-literal=key=value]
# Two values
kubectl create configmap settings --from-literal=color=blue --from-literal=size=3
create cronjob | Create a CronJob | NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]
# Every five minutes
kubectl create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date
create deployment | Create a Deployment | NAME --image=image -- [COMMAND] [args...]
# Three replicas of nginx
kubectl create deployment web --image=nginx --replicas=3
create ingress | Create an Ingress | NAME --rule=host/path=service:port[,tls[=secret]]
# Send a host's requests to a service
kubectl create ingress web --rule='example.com/*=web:80'
create job | Create a Job | NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]
# Run a CronJob now
kubectl create job now --from=cronjob/tick
create namespace | Create a namespace | NAME
kubectl create namespace office
create poddisruptionbudget | Create a PodDisruptionBudget | NAME --selector=SELECTOR --min-available=N
# At least two pods must be available
kubectl create poddisruptionbudget web --selector=app=web --min-available=2
create priorityclass | Create a PriorityClass | NAME --value=VALUE [--global-default=BOOL]
kubectl create priorityclass high --value=1000
create quota | Create a ResourceQuota | NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2]
kubectl create quota small --hard=pods=10,requests.cpu=4
create role | Create a Role | NAME --verb=verb --resource=resource.group/subresource [--resource-name=name]
# A role that reads pods and their logs
kubectl create role pod-reader --verb=get,list --resource=pods,pods/log
create rolebinding | Bind a Role or a ClusterRole in a namespace | NAME --clusterrole=NAME|--role=NAME
  [--user=username] [--group=groupname] [--serviceaccount=namespace:name]
kubectl create rolebinding jane-reads --role=pod-reader --user=jane
create secret | Create a Secret | (docker-registry | generic | tls)
create secret docker-registry | Create a Secret with the credentials of a registry | NAME
  --docker-username=user --docker-password=password --docker-email=email [--docker-server=string]
create secret generic | Create a Secret from files, directories or literal values | NAME [--type=string]
  [--from-file=[key=]source] [--from-literal=key=value]
kubectl create secret generic db --from-literal=password=s3cret
create secret tls | Create a Secret with a certificate and its key | NAME --cert=path/to/cert/file
  --key=path/to/key/file
create service | Create a Service | (clusterip | externalname | loadbalancer | nodeport)
create service clusterip | Create a Service that the cluster can reach | NAME [--tcp=<port>:<targetPort>]
create service externalname | Create a Service that stands for a name outside | NAME --external-name
  external.name
create service loadbalancer | Create a Service behind a load balancer | NAME [--tcp=port:targetPort]
create service nodeport | Create a Service with a port on every node | NAME [--tcp=port:targetPort]
create serviceaccount | Create a ServiceAccount | NAME
create token | Request a token for a service account | SERVICE_ACCOUNT_NAME
# A token for ten minutes
kubectl create token default --duration=10m
expose | Create a Service for a workload or a pod | (-f FILENAME | TYPE NAME) [--port=port]
  [--target-port=number-or-name] [--type=type]
# Reach the pods of a Deployment at port 80
kubectl expose deployment web --port=80
run | Run an image in a pod | NAME --image=image [--env="key=value"] [--port=port] [--command] --
  [COMMAND] [args...]
# A pod of nginx
kubectl run nginx --image=nginx
# A shell that is gone when it ends
kubectl run -it --rm shell --image=busybox -- sh
set | Change fields of objects | SUBCOMMAND
set env | Set environment variables of a pod template | RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N
kubectl set env deployment/web LOG_LEVEL=debug
set image | Set the images of a pod template | (-f FILENAME | TYPE NAME)
  CONTAINER_NAME_1=CONTAINER_IMAGE_1 ...
kubectl set image deployment/web nginx=nginx:1.27
set resources | Set requests and limits of a pod template | (-f FILENAME | TYPE NAME) ([--limits=LIMITS &
  --requests=REQUESTS])
set selector | Set the selector of a Service | (-f FILENAME | TYPE NAME) EXPRESSIONS
  [--resource-version=version]
set serviceaccount | Set the service account of a pod template | (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT
set subject | Set the subjects of a RoleBinding or ClusterRoleBinding | (-f FILENAME | TYPE NAME)
  [--user=username] [--group=groupname] [--serviceaccount=namespace:name]
explain | Describe a resource and its fields | TYPE [--recursive=FALSE|TRUE]
  [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]
# The fields of a pod's containers
kubectl explain pods.spec.containers
get | Display one or many objects | (TYPE[.VERSION][.GROUP] [NAME | -l label] |
  TYPE[.VERSION][.GROUP]/NAME ...) [flags]
# All pods of the namespace, with their nodes
kubectl get pods -o wide
# One field of an object
kubectl get pod web -o jsonpath='{.status.podIP}'
# Go on as things change
kubectl get pods --watch
edit | Edit an object with an editor | (RESOURCE/NAME | -f FILENAME)
kubectl edit deployment/web
delete | Delete objects by file, name or labels | ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label
  | --all)])
kubectl delete pod web
# What a file has created
kubectl delete -f app.yaml
rollout | Manage the rollout of a workload | SUBCOMMAND
rollout history | Show the revisions of a workload | (TYPE NAME | TYPE/NAME) [flags]
rollout pause | Pause a Deployment: changes wait | RESOURCE
rollout restart | Start all pods of a workload anew, one after the other | RESOURCE
kubectl rollout restart deployment/web
rollout resume | Go on with a paused Deployment | RESOURCE
rollout status | Wait for a rollout, and show how it goes | (TYPE NAME | TYPE/NAME) [flags]
kubectl rollout status deployment/web
rollout undo | Go back to an earlier revision | (TYPE NAME | TYPE/NAME) [flags]
# To the last one
kubectl rollout undo deployment/web
scale | Set the number of replicas | [--resource-version=version] [--current-replicas=count]
  --replicas=COUNT (-f FILENAME | TYPE NAME)
kubectl scale deployment/web --replicas=5
autoscale | Create a HorizontalPodAutoscaler | (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS]
  --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]
kubectl autoscale deployment/web --min=2 --max=5 --cpu=80%
certificate | Approve or deny certificate signing requests | SUBCOMMAND
certificate approve | Approve a certificate signing request | (-f FILENAME | NAME)
kubectl certificate approve jane
certificate deny | Deny a certificate signing request | (-f FILENAME | NAME)
cluster-info | Show where the control plane is reached |
cluster-info dump | Print everything that helps to find what is wrong |
top | Show the use of CPU and memory | SUBCOMMAND
top node | Show the use of nodes | [NAME | -l label]
top pod | Show the use of pods | [NAME | -l label]
kubectl top pod --containers
cordon | Mark a node as unschedulable | NODE
kubectl cordon node-1
uncordon | Mark a node as schedulable | NODE
kubectl uncordon node-1
drain | Move the pods of a node elsewhere, before maintenance | NODE
# The usual way: pods of DaemonSets stay, emptyDir data is lost
kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data
taint | Change the taints of nodes | NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N
# Only pods that tolerate it come here
kubectl taint nodes node-1 dedicated=db:NoSchedule
# Remove it
kubectl taint nodes node-1 dedicated=db:NoSchedule-
describe | Show the details of objects, with their events | (-f FILENAME | TYPE [NAME_PREFIX | -l label] |
  TYPE/NAME)
kubectl describe pod web
logs | Print the log of a container | [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]
# Of the run before the last restart
kubectl logs web --previous
attach | Attach to a running container | (POD | TYPE/NAME) -c CONTAINER
exec | Run a command in a container | (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]
kubectl exec web -- ls /
# A shell
kubectl exec -it web -- sh
port-forward | Forward local ports to a pod | TYPE/NAME [LOCAL_PORT:]REMOTE_PORT
  [...[LOCAL_PORT_N:]REMOTE_PORT_N]
kubectl port-forward service/web 8080:80
proxy | Serve the API at a local port | [--port=PORT] [--www=static-dir] [--www-prefix=prefix]
  [--api-prefix=prefix]
cp | Copy files to and from containers | <file-spec-src> <file-spec-dest>
kubectl cp web:/etc/nginx/nginx.conf ./nginx.conf
auth | Inspect authorization |
auth can-i | Tell whether an action is allowed | VERB [TYPE | TYPE/NAME | NONRESOURCEURL]
kubectl auth can-i list secrets --namespace=prod
# For somebody else
kubectl auth can-i get pods --as=system:serviceaccount:default:robot
auth reconcile | Make roles and bindings as a file says | -f FILENAME
auth whoami | Show who you are to the server |
debug | Debug a pod or a node with another container | (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND
  [args...] ]
# A container of busybox beside those of a pod
kubectl debug -it web --image=busybox
events | List events | [(-o|--output=)json|yaml|kyaml|name|go-template|jsonpath] [--for TYPE/NAME]
  [--watch] [--types=Normal,Warning]
kubectl events --for pod/web
diff | Show what an apply would change | -f FILENAME
kubectl diff -f app.yaml
apply | Make objects as files say | (-f FILENAME | -k DIRECTORY)
kubectl apply -f app.yaml
# Let the server merge, and record who manages which field
kubectl apply --server-side -f app.yaml
apply edit-last-applied | Edit what was applied last | (RESOURCE/NAME | -f FILENAME)
apply set-last-applied | Record a file as what was applied last | -f FILENAME
apply view-last-applied | Show what was applied last | (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)
patch | Change fields of an object | (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]
kubectl patch node node-1 -p '{"spec":{"unschedulable":true}}'
replace | Replace an object by what a file says | -f FILENAME
wait | Wait for a condition | ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label |
  --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]
kubectl wait --for=condition=Ready pod/web --timeout=60s
kustomize | Print what a kustomization makes | DIR
label | Change the labels of objects | [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N
  [--resource-version=version]
kubectl label nodes node-1 disk=ssd
# Remove it
kubectl label nodes node-1 disk-
annotate | Change the annotations of objects | [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ...
  KEY_N=VAL_N [--resource-version=version]
completion | Print the completion script of a shell | SHELL
api-resources | List the resources that the server serves |
kubectl api-resources --namespaced=false
api-versions | List the group versions that the server serves |
config | Change kubeconfig files | SUBCOMMAND
config current-context | Show the current context |
config delete-cluster | Delete a cluster from the kubeconfig | NAME
config delete-context | Delete a context from the kubeconfig | NAME
config delete-user | Delete a user from the kubeconfig | NAME
config get-clusters | List the clusters of the kubeconfig |
config get-contexts | List the contexts of the kubeconfig | [(-o|--output=)name)]
config get-users | List the users of the kubeconfig |
config rename-context | Rename a context | CONTEXT_NAME NEW_NAME
config set | Set one value in the kubeconfig | PROPERTY_NAME PROPERTY_VALUE
config set-cluster | Set a cluster in the kubeconfig | NAME [--server=server]
  [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true]
  [--tls-server-name=example.com]
config set-context | Set a context in the kubeconfig | [NAME | --current] [--cluster=cluster_nickname]
  [--user=user_nickname] [--namespace=namespace]
# Work in another namespace from now on
kubectl config set-context --current --namespace=office
config set-credentials | Set a user in the kubeconfig | NAME [--client-certificate=path/to/certfile]
  [--client-key=path/to/keyfile] [--token=bearer_token]
config unset | Remove one value from the kubeconfig | PROPERTY_NAME
config use-context | Choose the current context | CONTEXT_NAME
config view | Show the kubeconfig | [flags]
plugin | Work with plugins |
plugin list | List the plugins on the path |
version | Show the versions of kubectl and of the server |
`

/** What the help of a command says. */
export interface CommandText {
  readonly what: string
  /** Arguments after the name of the command. */
  readonly usage: string
  readonly examples: readonly string[]
}

function read(): ReadonlyMap<string, CommandText> {
  const found = new Map<string, { what: string; usage: string; examples: string[] }>()
  let examples: string[] = []
  for (const line of TEXT.trim().replaceAll('\n  ', ' ').split('\n')) {
    const [, name, what = '', usage = ''] = /^([a-z][\w -]*?) \| (.*?) \|(?: (.*))?$/.exec(line) ?? []
    if (name === undefined) examples.push(line)
    else found.set(name, { what, usage, examples: (examples = []) })
  }
  return found
}

let texts: ReadonlyMap<string, CommandText> | undefined

/** Returns the text of a command (`rollout status`). */
export function commandText(command: string): CommandText {
  texts ??= read()
  return texts.get(command) ?? { what: command, usage: '', examples: [] }
}
