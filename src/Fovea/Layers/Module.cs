using System.Diagnostics.CodeAnalysis;

namespace Fovea;

/// <summary>A part of a network: parameters, state and other modules, and the function they make. Derive from it and
/// override <see cref="Forward"/>.</summary>
/// <remarks>
/// Fields and properties of type <see cref="Module"/>, <see cref="Parameter"/> and <see cref="StateBuffer"/> (and lists
/// of modules) are its members;
/// there is nothing to register. Walking the tree from a root gives every member its path, which then stands in error
/// messages.
/// </remarks>
[DynamicallyAccessedMembers(ModuleMembers.Kept)]
public abstract partial class Module
{
    /// <summary>The path from the root, e.g. <c>layer2.conv1</c>; empty on a root, and until the root was
    /// walked.</summary>
    public string Path { get; private set; } = "";

    /// <summary>Whether the module behaves as in training (dropout drops, batch normalization uses the batch). True at
    /// first; set by <see cref="Train"/> and <see cref="Eval"/>.</summary>
    public bool IsTraining => Mode && !HoldsState;

    /// <summary>What was asked for last, by <see cref="Train"/> or <see cref="Eval"/>.</summary>
    internal bool Mode { get; set; } = true;

    /// <summary>Computes the module's output.</summary>
    /// <param name="x">The input; the layer's own page says its shape.</param>
    /// <exception cref="ShapeException">The input does not fit.</exception>
    public abstract Tensor Forward(Tensor x);

    /// <summary>Computes the outputs from the inputs, for networks of one tensor or several: what training, tracing and
    /// compiled execution call. Unless overridden (see <see cref="MultiModule"/>): <see cref="Forward"/> of the only
    /// input.</summary>
    /// <param name="inputs">The inputs, in order.</param>
    /// <returns>The outputs, one or more.</returns>
    /// <exception cref="ShapeException">Another number of inputs than the network takes, or shapes that do not
    /// fit.</exception>
    public virtual IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs is [var only]
            ? [Forward(only)]
            : throw new ShapeException(
                $"{GetType().Name}{(Path.Length > 0 ? $" '{Path}'" : "")}: takes one tensor, got {inputs.Count}. Derive a network of several inputs from MultiModule."
            );
    }

    /// <summary>Runs the network on a batch and gives what some of its layers compute: feature maps by name. The network is
    /// run in its present mode (see <see cref="Eval"/>), and its running statistics stay as they are.</summary>
    /// <param name="x">A batch of items, [N, item...].</param>
    /// <param name="names">Names as a graph has them: of a layer (<c>layer3.0.conv1</c>), a further use of one
    /// (<c>relu#2</c>), or a part of the network (<c>layer3</c>), of which it is the last output.</param>
    /// <returns>A tensor for each name, without history.</returns>
    /// <exception cref="ArgumentException">There is no such layer; the message names those there are.</exception>
    /// <exception cref="ShapeException">The batch does not fit the network.</exception>
    public IReadOnlyDictionary<string, Tensor> Features(Tensor x, params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(names);
        return FeatureMaps.Of(this, [x], names);
    }

    /// <summary>Switches this module and all below it to training behaviour, or back. What is frozen with its state
    /// (<see cref="Freeze"/>) stays in evaluation.</summary>
    /// <param name="training">True for training.</param>
    /// <returns>This module.</returns>
    public Module Train(bool training = true)
    {
        foreach ((_, Module module) in NamedModules())
        {
            module.Mode = training;
        }

        return this;
    }

    /// <summary>Switches this module and all below it to evaluation behaviour.</summary>
    /// <returns>This module.</returns>
    public Module Eval() => Train(false);

    /// <summary>Remembers the modes of this module and all below it: <c>using (net.KeepModes()) { net.Eval(); ... }</c>.</summary>
    /// <returns>What sets them back when it is disposed.</returns>
    public ModuleModes KeepModes() => new(this);

    /// <summary>This module (with an empty path) and all below it, parents before children, in the order of
    /// declaration. A module used twice comes once.</summary>
    public IEnumerable<(string Path, Module Module)> NamedModules()
    {
        List<(string, Module)> found = [];
        Walk(this, "", Path, found, []);
        return found;
    }

    /// <summary>All parameters with their paths, in the order of declaration. One used twice comes once.</summary>
    public IReadOnlyList<(string Path, Parameter Parameter)> NamedParameters()
    {
        List<(string, Parameter)> found = [];
        foreach ((string path, Parameter parameter) in MembersOfType<Parameter>())
        {
            parameter.Path = Path.Length == 0 ? path : Join(Path, path);
            found.Add((path, parameter));
        }

        return found;
    }

    /// <summary>All parameters, in the order of declaration.</summary>
    public IReadOnlyList<Parameter> Parameters() => [.. NamedParameters().Select(p => p.Parameter)];

    /// <summary>All state that is not learned, with its paths, in the order of declaration.</summary>
    public IReadOnlyList<(string Path, StateBuffer Buffer)> NamedBuffers()
    {
        List<(string, StateBuffer)> found = [];
        foreach ((string path, StateBuffer buffer) in MembersOfType<StateBuffer>())
        {
            buffer.Path = Path.Length == 0 ? path : Join(Path, path);
            found.Add((path, buffer));
        }

        return found;
    }

    /// <summary>Number of learned values.</summary>
    /// <param name="trainableOnly">Leave frozen parameters out.</param>
    public long ParameterCount(bool trainableOnly = false) =>
        Parameters().Where(p => p.RequiresGrad || !trainableOnly).Sum(p => p.Count);

    /// <summary>Draws every parameter anew by its rule, from the stream its path has in the seed, and resets state such
    /// as running statistics.</summary>
    /// <param name="seed">The same seed gives the same network, whatever was drawn before.</param>
    /// <returns>This module.</returns>
    public Module Initialize(ulong seed)
    {
        Rng root = new(seed);
        foreach ((string path, Parameter parameter) in NamedParameters())
        {
            parameter.Draw(root.Split(path));
            parameter.Grad = null;
        }

        foreach ((_, Module module) in NamedModules())
        {
            module.ResetState(root.Split($"{module.Path}/state"));
        }

        return this;
    }

    /// <summary>Makes the network ready to run, in evaluation, with its present weights.</summary>
    /// <param name="itemShape">Shape of an item, without the batch: [C, H, W] or [C, L].</param>
    /// <param name="precision">Whether algorithms with a larger error than direct sums are allowed.</param>
    /// <param name="tuning">Chooses the algorithms of 3x3 convolutions by measured times, which it holds or takes when
    /// a number of items is first run; null to choose by a model.</param>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    /// <exception cref="InvalidOperationException">A layer draws random numbers in evaluation too, or the network reads values and
    /// cannot be traced.</exception>
    public CompiledNetwork Compile(Shape itemShape, Precision precision = Precision.Default, Tuning? tuning = null) =>
        Graph.Trace(this, itemShape).Compile(precision, tuning);

    /// <summary>Whether the module's state, such as running statistics, stays as it is in training: it was frozen.</summary>
    public bool HoldsState { get; private set; }

    /// <summary>Stops training of the parameters of this module and all below it: they get no gradient. Layers with state of
    /// their own, such as batch normalization, run as in evaluation from here on, so that a frozen part of a network computes
    /// the same for ever (Keras' <c>trainable = False</c> does so; PyTorch's <c>requires_grad_(False)</c> lets running
    /// statistics move).</summary>
    /// <param name="state">Hold the state too. False: running statistics follow the new data, and normalizations use the
    /// batch in training.</param>
    /// <returns>This module.</returns>
    public Module Freeze(bool state = true)
    {
        foreach ((_, Module module) in NamedModules())
        {
            module.HoldsState = state && module.Members().Any(m => m.Member is StateBuffer);
        }

        return SetTrainable(false);
    }

    /// <summary>Lets the parameters of this module and all below it be trained again, and its state move.</summary>
    /// <returns>This module.</returns>
    public Module Unfreeze()
    {
        foreach ((_, Module module) in NamedModules())
        {
            module.HoldsState = false;
        }

        return SetTrainable(true);
    }

    /// <summary>Clears the gradients of all parameters.</summary>
    public void ZeroGrad()
    {
        foreach (Parameter parameter in Parameters())
        {
            parameter.Grad = null;
        }
    }

    /// <summary>The members with the names they have in paths. Override where they are not in fields, as containers
    /// do.</summary>
    /// <returns>Modules, parameters and state buffers.</returns>
    protected internal virtual IEnumerable<(string Name, object Member)> Members() => ModuleMembers.Of(this);

    /// <summary>Returns state that is not learned to its first value. Called by <see cref="Initialize"/>.</summary>
    /// <param name="rng">The stream for state that draws, such as the generator of a dropout.</param>
    protected internal virtual void ResetState(Rng rng) { }

    /// <summary>Collects paths relative to where the walk began; a module keeps the path from the furthest root it was
    /// walked from.</summary>
    private static void Walk(
        Module module,
        string path,
        string above,
        List<(string, Module)> found,
        HashSet<Module> seen
    )
    {
        if (!seen.Add(module))
        {
            return;
        }

        module.Path =
            path.Length == 0 ? above
            : above.Length == 0 ? path
            : $"{above}.{path}";
        found.Add((path, module));
        foreach ((string name, object member) in module.Members())
        {
            if (member is Module child)
            {
                Walk(child, Join(path, name), above, found, seen);
            }
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private IEnumerable<(string, T)> MembersOfType<T>()
        where T : class
    {
        HashSet<object> seen = [];
        foreach ((string path, Module module) in NamedModules())
        {
            foreach ((string name, object member) in module.Members())
            {
                if (member is T wanted && seen.Add(wanted))
                {
                    yield return (Join(path, name), wanted);
                }
            }
        }
    }

    private Module SetTrainable(bool trainable)
    {
        foreach (Parameter parameter in Parameters())
        {
            parameter.RequiresGrad = trainable;
            parameter.Grad = null;
        }

        return this;
    }
}
