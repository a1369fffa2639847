namespace Fovea;

/// <summary>Walks the record backwards from a tensor: each call once, after every call that used its output.</summary>
/// <remarks>Calls are numbered as they are made, and a call's inputs exist before it: descending numbers are a reverse
/// topological order. Nothing recurses.</remarks>
internal static class BackwardEngine
{
    public static void Run(Tensor root, Tensor? gradient, bool retainGraph)
    {
        if (root.Producer is not { } last)
        {
            if (root.RequiresGrad)
            {
                OperatorCall.AddToLeaf(root, Seed(root, gradient), shared: gradient is not null); // a leaf is its own gradient's only target
                return;
            }

            throw new InvalidOperationException(
                "Backward: this tensor was not computed from anything that requires a gradient (or was computed under NoGrad)."
            );
        }

        last.AddGradient(Seed(root, gradient), shared: gradient is not null);
        using (NoGrad.Enter())
        {
            List<OperatorCall> calls = InReverse(last);
            try
            {
                calls.ForEach(call => Visit(call, retainGraph));
            }
            catch
            {
                calls.ForEach(call => call.ClearGradient()); // a second try must not add to the first's
                throw;
            }
        }
    }

    private static void Visit(OperatorCall call, bool retainGraph)
    {
        if (call.Gradient is { } outputGradient)
        {
            call.Operator.RunBackward(call, outputGradient);
            GC.KeepAlive(outputGradient);
            GC.KeepAlive(call);
        }

        call.ClearGradient();
        if (!retainGraph)
        {
            call.Free();
        }
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
            foreach (object? target in call.Targets)
            {
                if (target is OperatorCall producer && seen.Add(producer))
                {
                    open.Push(producer);
                }
            }
        }

        calls.Sort((a, b) => b.Id.CompareTo(a.Id));
        return calls;
    }
}
