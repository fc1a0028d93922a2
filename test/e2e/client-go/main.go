// Asks a served cluster what controllers ask of one, with client-go. Prints `ok NAME` for each part that holds;
// the first that does not ends the program.
//
//	main HOST CA CERT KEY
//	main identities KUBECONFIG...
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes/scheme"
	coordinationclient "k8s.io/client-go/kubernetes/typed/coordination/v1"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/remotecommand"
	toolswatch "k8s.io/client-go/tools/watch"
)

const namespace = "default"

type tester struct {
	ctx     context.Context
	config  *rest.Config
	core    coreclient.CoreV1Interface
	dynamic dynamic.Interface
}

func main() {
	if os.Args[1] == "identities" {
		identities(os.Args[2:])
		return
	}
	config := &rest.Config{
		Host: os.Args[1],
		TLSClientConfig: rest.TLSClientConfig{
			CAFile: os.Args[2], CertFile: os.Args[3], KeyFile: os.Args[4], ServerName: "localhost",
		},
		QPS: 1000, Burst: 1000,
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	t := &tester{
		ctx: ctx, config: config,
		core: coreclient.NewForConfigOrDie(config), dynamic: dynamic.NewForConfigOrDie(config),
	}
	parts := []struct {
		name string
		run  func() error
	}{
		{"informers", t.informers},
		{"watch restarts", t.watchRestarts},
		{"leader election", t.leaderElection},
		{"dynamic client", t.dynamicClient},
		{"server-side apply", t.serverSideApply},
		{"finalizers", t.finalizers},
		{"exec", t.exec},
		{"protobuf", t.protobuf},
	}
	for _, part := range parts {
		if err := part.run(); err != nil {
			fmt.Printf("failed %s: %v\n", part.name, err)
			os.Exit(1)
		}
		fmt.Printf("ok %s\n", part.name)
	}
}

func (t *tester) until(check func() (bool, error)) error {
	return wait.PollUntilContextTimeout(t.ctx, 20*time.Millisecond, 30*time.Second, true,
		func(context.Context) (bool, error) { return check() })
}

func (t *tester) newMap(name string) error {
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"part": name}},
		Data:       map[string]string{"n": "0"},
	}
	_, err := t.core.ConfigMaps(namespace).Create(t.ctx, object, metav1.CreateOptions{})
	return err
}

// A shared informer sees what is there, what comes, changes and goes, and its index has the last state.
// Prints for each kubeconfig who its user is, and whether it may do what the component of that name does first.
func identities(files []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for _, file := range files {
		user, err := identity(ctx, file)
		if err != nil {
			fmt.Printf("failed %s: %v\n", file, err)
			os.Exit(1)
		}
		fmt.Printf("ok %s\n", user)
	}
}

// Logs in with a kubeconfig, and holds a lease under the name of its user where that user may.
func identity(ctx context.Context, file string) (string, error) {
	config, err := clientcmd.BuildConfigFromFlags("", file)
	if err != nil {
		return "", err
	}
	review := &unstructured.Unstructured{Object: map[string]interface{}{
		"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
	}}
	reviews := schema.GroupVersionResource{
		Group: "authentication.k8s.io", Version: "v1", Resource: "selfsubjectreviews",
	}
	who, err := dynamic.NewForConfigOrDie(config).Resource(reviews).Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	name, _, err := unstructured.NestedString(who.Object, "status", "userInfo", "username")
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(name, "system:kube-") || name == "system:kube-proxy" {
		return name, nil
	}
	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: "kube-system", Name: strings.TrimPrefix(name, "system:")},
		Client:     coordinationclient.NewForConfigOrDie(config),
		LockConfig: resourcelock.ResourceLockConfig{Identity: name},
	}
	leads := make(chan struct{})
	own, stop := context.WithCancel(ctx)
	defer stop()
	go leaderelection.RunOrDie(own, leaderelection.LeaderElectionConfig{
		Lock: lock, LeaseDuration: 15 * time.Second, RenewDeadline: 10 * time.Second, RetryPeriod: 2 * time.Second,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { close(leads) }, OnStoppedLeading: func() {},
		},
	})
	select {
	case <-leads:
		return name + " leads", nil
	case <-ctx.Done():
		return "", fmt.Errorf("%s did not become the leader", name)
	}
}

func (t *tester) informers() error {
	if err := t.newMap("seen"); err != nil {
		return err
	}
	selector := "part in (seen, later)"
	maps := t.core.ConfigMaps(namespace)
	informer := cache.NewSharedIndexInformer(&cache.ListWatch{
		ListFunc: func(options metav1.ListOptions) (runtime.Object, error) {
			options.LabelSelector = selector
			return maps.List(t.ctx, options)
		},
		WatchFunc: func(options metav1.ListOptions) (watch.Interface, error) {
			options.LabelSelector = selector
			return maps.Watch(t.ctx, options)
		},
	}, &corev1.ConfigMap{}, 0, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	events := make(chan string, 100)
	name := func(object interface{}) string {
		key, _ := cache.DeletionHandlingMetaNamespaceKeyFunc(object)
		return key
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object interface{}) { events <- "add " + name(object) },
		UpdateFunc: func(_, object interface{}) { events <- "update " + name(object) },
		DeleteFunc: func(object interface{}) { events <- "delete " + name(object) },
	}); err != nil {
		return err
	}
	stop := make(chan struct{})
	defer close(stop)
	go informer.Run(stop)
	cache.WaitForCacheSync(stop, informer.HasSynced)
	if err := t.newMap("later"); err != nil {
		return err
	}
	patch := []byte(`{"data":{"n":"1"}}`)
	if _, err := maps.Patch(t.ctx, "later", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := maps.Delete(t.ctx, "seen", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for _, want := range []string{"add default/seen", "add default/later", "update default/later", "delete default/seen"} {
		select {
		case got := <-events:
			if got != want {
				return fmt.Errorf("event %q, want %q", got, want)
			}
		case <-time.After(30 * time.Second):
			return fmt.Errorf("no event %q", want)
		}
	}
	kept, err := informer.GetIndexer().ByIndex(cache.NamespaceIndex, namespace)
	if err != nil || len(kept) != 1 || kept[0].(*corev1.ConfigMap).Data["n"] != "1" {
		return fmt.Errorf("the index has %v, %v", kept, err)
	}
	return nil
}

// A watch that ends continues at its revision, without a gap and without a repetition.
func (t *tester) watchRestarts() error {
	client := t.core.ConfigMaps(namespace)
	list, err := client.List(t.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	second := int64(1)
	watcher, err := toolswatch.NewRetryWatcher(list.ResourceVersion, &cache.ListWatch{
		WatchFunc: func(options metav1.ListOptions) (watch.Interface, error) {
			options.LabelSelector = "part in (w0, w1, w2, w3)"
			options.TimeoutSeconds = &second
			return client.Watch(t.ctx, options)
		},
	})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	for at := 0; at < 4; at++ {
		if err := t.newMap(fmt.Sprintf("w%d", at)); err != nil {
			return err
		}
		select {
		case event := <-watcher.ResultChan():
			object, ok := event.Object.(*corev1.ConfigMap)
			if !ok || event.Type != watch.Added || object.Name != fmt.Sprintf("w%d", at) {
				return fmt.Errorf("event %v %v", event.Type, event.Object)
			}
		case <-time.After(30 * time.Second):
			return fmt.Errorf("no event for w%d", at)
		}
		time.Sleep(600 * time.Millisecond)
	}
	return nil
}

// One candidate leads; when it gives up, the other one does.
func (t *tester) leaderElection() error {
	leads := make(chan string, 10)
	run := func(ctx context.Context, id string) {
		lock := &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: namespace},
			Client:     coordinationclient.NewForConfigOrDie(t.config),
			LockConfig: resourcelock.ResourceLockConfig{Identity: id},
		}
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock: lock, ReleaseOnCancel: true,
			LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 100 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leads <- id },
				OnStoppedLeading: func() {},
			},
		})
	}
	first, endFirst := context.WithCancel(t.ctx)
	second, endSecond := context.WithCancel(t.ctx)
	defer endSecond()
	defer endFirst()
	go run(first, "first")
	if id := <-leads; id != "first" {
		return fmt.Errorf("%s leads", id)
	}
	go run(second, "second")
	select {
	case id := <-leads:
		return fmt.Errorf("%s leads beside the first", id)
	case <-time.After(500 * time.Millisecond):
	}
	endFirst()
	select {
	case <-leads:
		return nil
	case <-time.After(30 * time.Second):
		return fmt.Errorf("the second never leads")
	}
}

// Custom resources by a client that knows no type, with a definition made a moment ago.
func (t *tester) dynamicClient() error {
	definition := &unstructured.Unstructured{Object: map[string]interface{}{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]interface{}{"name": "widgets.example.com"},
		"spec": map[string]interface{}{
			"group": "example.com", "scope": "Namespaced",
			"names": map[string]interface{}{"plural": "widgets", "singular": "widget", "kind": "Widget"},
			"versions": []interface{}{map[string]interface{}{
				"name": "v1", "served": true, "storage": true,
				"subresources": map[string]interface{}{"status": map[string]interface{}{}},
				"schema": map[string]interface{}{"openAPIV3Schema": map[string]interface{}{
					"type": "object", "properties": map[string]interface{}{
						"spec": map[string]interface{}{"type": "object", "properties": map[string]interface{}{
							"size": map[string]interface{}{"type": "integer", "minimum": int64(1), "default": int64(3)},
						}, "default": map[string]interface{}{}},
						"status": map[string]interface{}{"type": "object", "x-kubernetes-preserve-unknown-fields": true},
					}}},
			}},
		},
	}}
	crds := schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	if _, err := t.dynamic.Resource(crds).Create(t.ctx, definition, metav1.CreateOptions{}); err != nil {
		return err
	}
	widgets := t.dynamic.Resource(schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "widgets"}).Namespace(namespace)
	widget := func(name string, spec map[string]interface{}) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]interface{}{
			"apiVersion": "example.com/v1", "kind": "Widget",
			"metadata": map[string]interface{}{"name": name}, "spec": spec,
		}}
	}
	var made *unstructured.Unstructured
	if err := t.until(func() (bool, error) {
		var err error
		made, err = widgets.Create(t.ctx, widget("one", map[string]interface{}{}), metav1.CreateOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return true, err
	}); err != nil {
		return err
	}
	if size, _, _ := unstructured.NestedInt64(made.Object, "spec", "size"); size != 3 {
		return fmt.Errorf("size is %d", size)
	}
	_, err := widgets.Create(t.ctx, widget("two", map[string]interface{}{"size": int64(0)}), metav1.CreateOptions{})
	if !apierrors.IsInvalid(err) {
		return fmt.Errorf("a widget of size 0: %v", err)
	}
	made.Object["status"] = map[string]interface{}{"phase": "Ready"}
	stale := made.DeepCopy()
	if _, err := widgets.UpdateStatus(t.ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if _, err := widgets.Update(t.ctx, stale, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("an update of an old version: %v", err)
	}
	return nil
}

// Two managers of one object: a conflict names the other, and force takes the field.
func (t *tester) serverSideApply() error {
	client := t.core.ConfigMaps(namespace)
	object := func(value string) *applycorev1.ConfigMapApplyConfiguration {
		return applycorev1.ConfigMap("applied", namespace).WithData(map[string]string{"key": value})
	}
	if _, err := client.Apply(t.ctx, object("a"), metav1.ApplyOptions{FieldManager: "first"}); err != nil {
		return err
	}
	_, err := client.Apply(t.ctx, object("b"), metav1.ApplyOptions{FieldManager: "second"})
	if !apierrors.IsConflict(err) {
		return fmt.Errorf("apply by another manager: %v", err)
	}
	got, err := client.Apply(t.ctx, object("b"), metav1.ApplyOptions{FieldManager: "second", Force: true})
	if err != nil || got.Data["key"] != "b" || len(got.ManagedFields) != 1 || got.ManagedFields[0].Manager != "second" {
		return fmt.Errorf("forced: %v %v", got, err)
	}
	return nil
}

// An object with a finalizer stays until the finalizer is removed.
func (t *tester) finalizers() error {
	client := t.core.ConfigMaps(namespace)
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "held", Finalizers: []string{"example.com/hold"}}}
	if _, err := client.Create(t.ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := client.Delete(t.ctx, "held", metav1.DeleteOptions{}); err != nil {
		return err
	}
	held, err := client.Get(t.ctx, "held", metav1.GetOptions{})
	if err != nil || held.DeletionTimestamp == nil {
		return fmt.Errorf("held: %v %v", held, err)
	}
	held.Finalizers = nil
	if _, err := client.Update(t.ctx, held, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if _, err := client.Get(t.ctx, "held", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("it is still there: %v", err)
	}
	return nil
}

// A command in a pod, over WebSocket and over SPDY.
func (t *tester) exec() error {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "shell"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "shell", Image: "busybox", Command: []string{"sleep", "3600"}}}},
	}
	pods := t.core.Pods(namespace)
	if _, err := pods.Create(t.ctx, pod, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := t.until(func() (bool, error) {
		got, err := pods.Get(t.ctx, "shell", metav1.GetOptions{})
		return err == nil && got.Status.Phase == corev1.PodRunning, err
	}); err != nil {
		return err
	}
	url := t.core.RESTClient().Post().Resource("pods").Namespace(namespace).Name("shell").SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: "shell", Command: []string{"cat"}, Stdin: true, Stdout: true, Stderr: true,
		}, scheme.ParameterCodec).URL()
	spdy, err := remotecommand.NewSPDYExecutor(t.config, "POST", url)
	if err != nil {
		return err
	}
	websocket, err := remotecommand.NewWebSocketExecutor(t.config, "GET", url.String())
	if err != nil {
		return err
	}
	for name, executor := range map[string]remotecommand.Executor{"SPDY": spdy, "WebSocket": websocket} {
		var stdout, stderr bytes.Buffer
		err := executor.StreamWithContext(t.ctx, remotecommand.StreamOptions{
			Stdin: bytes.NewBufferString("hello"), Stdout: &stdout, Stderr: &stderr,
		})
		if err != nil || stdout.String() != "hello" {
			return fmt.Errorf("%s: %q %q %v", name, stdout.String(), stderr.String(), err)
		}
	}
	return nil
}

// A client that takes nothing but protobuf reads what one that takes JSON reads, writes, and watches.
func (t *tester) protobuf() error {
	config := rest.CopyConfig(t.config)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf"
	client := coreclient.NewForConfigOrDie(config)
	for _, list := range []func(coreclient.CoreV1Interface) (runtime.Object, error){
		func(core coreclient.CoreV1Interface) (runtime.Object, error) {
			return core.Pods("").List(t.ctx, metav1.ListOptions{})
		},
		func(core coreclient.CoreV1Interface) (runtime.Object, error) {
			return core.Nodes().List(t.ctx, metav1.ListOptions{})
		},
		func(core coreclient.CoreV1Interface) (runtime.Object, error) {
			return core.Services("").List(t.ctx, metav1.ListOptions{})
		},
		func(core coreclient.CoreV1Interface) (runtime.Object, error) {
			return core.ConfigMaps("").List(t.ctx, metav1.ListOptions{})
		},
	} {
		inJSON, err := list(t.core)
		if err != nil {
			return err
		}
		inProtobuf, err := list(client)
		if err != nil {
			return err
		}
		if !equality.Semantic.DeepEqual(inJSON, inProtobuf) {
			return fmt.Errorf("%T differs:\n%v\n%v", inJSON, inJSON, inProtobuf)
		}
	}
	maps := client.ConfigMaps(namespace)
	watcher, err := maps.Watch(t.ctx, metav1.ListOptions{FieldSelector: "metadata.name=binary"})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "binary"},
		BinaryData: map[string][]byte{"key": {0, 255, 1}},
	}
	made, err := maps.Create(t.ctx, object, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	event := <-watcher.ResultChan()
	if event.Type != watch.Added || !equality.Semantic.DeepEqual(event.Object, made) {
		return fmt.Errorf("the event is %v", event)
	}
	if _, err := maps.Create(t.ctx, object, metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("it was created twice: %v", err)
	}
	return maps.Delete(t.ctx, "binary", metav1.DeleteOptions{})
}
