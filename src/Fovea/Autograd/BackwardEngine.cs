namespace Fovea;

/// <summary>Walks the record backwards from a tensor: each call once, after every call that used its output.</summary>
/// <remarks>Calls are numbered as they are made, and a call's inputs exist before it: descending numbers are a reverse
/// topological order. Nothing recurses.</remarks>
internal static class BackwardEngine
{
    /// <summary>Adds the gradients of all leaves to <see cref="Tensor.Grad"/>.</summary>
    public static void Run(Tensor root, Tensor? gradient, bool retainGraph, bool createGraph)
    {
        BackwardRun run = new(createGraph);
        if (root.Producer is { } last)
        {
            Walk(run, root, last, gradient, retainGraph || createGraph, []);
        }
        else if (root.RequiresGrad)
        {
            run.AddToLeaf(root, Seed(root, gradient), shared: gradient is not null); // a leaf's only target is itself
        }
        else
        {
            throw NothingRecorded();
        }
    }

    /// <summary>The gradients of some tensors, which are not left on them.</summary>
    public static Tensor?[] GradientsOf(
        Tensor root,
        IReadOnlyList<Tensor> inputs,
        Tensor? gradient,
        bool retainGraph,
        bool createGraph
    )
    {
        if (root.Producer is not { } last)
        {
            return root.RequiresGrad
                ? [.. inputs.Select(i => ReferenceEquals(i, root) ? Seed(root, gradient) : null)]
                : throw NothingRecorded();
        }

        BackwardRun run = new(createGraph);
        Walk(run, root, last, gradient, retainGraph || createGraph, inputs);
        return [.. inputs.Select(run.GradientOf)];
    }

    private static InvalidOperationException NothingRecorded() =>
        new(
            "Backward: this tensor was not computed from anything that requires a gradient (or was computed under NoGrad)."
        );

    private static void Walk(
        BackwardRun run,
        Tensor root,
        OperatorCall last,
        Tensor? gradient,
        bool retain,
        IReadOnlyList<Tensor> wanted
    )
    {
        List<OperatorCall> calls = InReverse(last);
        if (wanted.Count > 0)
        {
            run.RestrictTo(wanted, calls);
        }

        last.AddGradient(root.OutputIndex, Seed(root, gradient), shared: gradient is not null, run.CreateGraph);
        try
        {
            BackwardRun.Mark(() => VisitAll(run, calls, retain, wanted));
        }
        catch
        {
            calls.ForEach(call => call.ClearGradient()); // a second try must not add to the first's
            throw;
        }
    }

    private static void VisitAll(BackwardRun run, List<OperatorCall> calls, bool retain, IReadOnlyList<Tensor> wanted)
    {
        if (run.CreateGraph)
        {
            calls.ForEach(call => Visit(run, call, retain, wanted));
            return;
        }

        using (NoGrad.Enter())
        {
            calls.ForEach(call => Visit(run, call, retain, wanted));
        }
    }

    private static void Visit(BackwardRun run, OperatorCall call, bool retain, IReadOnlyList<Tensor> wanted)
    {
        if (call.HasGradient)
        {
            run.Note(call, wanted);
            if (run.Visits(call))
            {
                call.Run = run;
                Differentiate(run, call);
                call.Run = null;
            }
        }

        call.ClearGradient();
        if (!retain)
        {
            call.Free();
        }
    }

    private static void Differentiate(BackwardRun run, OperatorCall call)
    {
        if (!call.HasRule)
        {
            if (run.CreateGraph)
            {
                throw new InvalidOperationException(
                    $"{call.Operator.Subject}: its gradient is imperative (Backward), so gradients of gradients cannot pass it. Write it as a rule of operators: Reads and Differentiate."
                );
            }

            Tensor outputGradient = call.GradientOf(0)!;
            call.Operator.RunBackward(call, outputGradient);
            GC.KeepAlive(outputGradient);
            GC.KeepAlive(call);
            return;
        }

        GradientCall rule = call.ForRule();
        long before = Storage.Created;
        call.Operator.RunDifferentiate(rule);
        rule.RequireAnswers();
        for (int i = 0; i < rule.Given.Count; i++)
        {
            (int input, Tensor gradient) = rule.Given[i];
            // What was made in the rule and given once is nobody else's: later parts may be added to it in place.
            bool shared =
                run.CreateGraph
                || gradient.Storage.Serial <= before
                || rule.Given.Where((g, j) => j != i && ReferenceEquals(g.Gradient.Storage, gradient.Storage)).Any();
            OperatorObserver.NotifyGradient(call, input, gradient);
            run.Add(call.Targets[input], gradient, shared);
        }

        GC.KeepAlive(rule);
    }

    private static Tensor Seed(Tensor root, Tensor? gradient)
    {
        if (gradient is null && root.Count != 1)
        {
            throw new ShapeException(
                $"Backward: without a gradient argument the tensor must have one element, got {root.Shape}. Reduce it with Sum or Mean, or pass the gradient."
            );
        }

        if (gradient is not null && (gradient.Shape != root.Shape || gradient.DType != root.DType))
        {
            throw new ShapeException(
                $"Backward: the gradient must have the tensor's shape and type, got {gradient.Shape} {gradient.DType} for {root.Shape} {root.DType}."
            );
        }

        return gradient ?? Tensor.Ones(root.Shape, root.DType);
    }

    private static List<OperatorCall> InReverse(OperatorCall last)
    {
        List<OperatorCall> calls = [];
        HashSet<OperatorCall> seen = [last];
        Stack<OperatorCall> open = new([last]);
        while (open.TryPop(out OperatorCall? call))
        {
            if (call.IsFreed)
            {
                throw new InvalidOperationException(
                    $"Backward: the record of {call.Operator.Subject} was freed by an earlier Backward. Pass retainGraph: true there to go back twice."
                );
            }

            calls.Add(call);
            foreach (GradientTarget target in call.Targets)
            {
                if (target.Producer is { } producer && seen.Add(producer))
                {
                    open.Push(producer);
                }
            }
        }

        calls.Sort((a, b) => b.Id.CompareTo(a.Id));
        return calls;
    }
}
