namespace Fovea;

/// <content>Parameters and state by path, and their element type.</content>
public abstract partial class Module
{
    /// <summary>Converts all parameters and state to another floating-point type, in place.</summary>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <returns>This module.</returns>
    public Module To(DType dtype)
    {
        foreach (Parameter parameter in Parameters())
        {
            parameter.ConvertTo(dtype);
        }

        foreach ((_, StateBuffer buffer) in NamedBuffers())
        {
            buffer.ConvertTo(dtype);
        }

        return this;
    }

    /// <summary>Parameters and state by path: everything a checkpoint of the network holds. The tensors are the
    /// module's own, not copies.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        Dictionary<string, Tensor> state = [];
        foreach ((string path, Parameter parameter) in NamedParameters())
        {
            state.Add(path, parameter);
        }

        foreach ((string path, StateBuffer buffer) in NamedBuffers())
        {
            state.Add(path, buffer);
        }

        return state;
    }

    /// <summary>Copies values by path into the parameters and state.</summary>
    /// <param name="state">Exactly this module's paths, each with its shape.</param>
    /// <param name="assign">Whether the module takes over the given tensors' memory where the element type is its own,
    /// rather than copying: what is written to one is then written to the other.</param>
    /// <exception cref="ShapeException">Paths are missing, unknown, or have another shape; all of them are listed and
    /// nothing was changed.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool assign = false)
    {
        StateMatch match = StateMatch.Of(StateDict(), state);
        if (!match.IsComplete)
        {
            throw new ShapeException($"LoadStateDict: {match}.");
        }

        Take(match, state, assign);
    }

    /// <summary>Copies those values into the parameters and state whose path and shape fit, and leaves the others as they are:
    /// to start from the weights of a similar network.</summary>
    /// <param name="state">Values by path.</param>
    /// <param name="assign">As for <see cref="LoadStateDict"/>.</param>
    /// <returns>What was taken, missing, unknown, and of another shape. Look at it: where nothing fits, nothing is
    /// loaded.</returns>
    public StateMatch LoadMatching(IReadOnlyDictionary<string, Tensor> state, bool assign = false)
    {
        StateMatch match = StateMatch.Of(StateDict(), state);
        Take(match, state, assign);
        return match;
    }

    private void Take(StateMatch match, IReadOnlyDictionary<string, Tensor> state, bool assign)
    {
        IReadOnlyDictionary<string, Tensor> own = StateDict();
        foreach (string path in match.Loaded)
        {
            (Tensor tensor, Tensor given) = (own[path], state[path]);
            if (assign && given.DType == tensor.DType)
            {
                tensor.Assign(given);
            }
            else
            {
                tensor.CopyFrom(given.DType == tensor.DType ? given : given.To(tensor.DType));
            }
        }
    }
}
