namespace Fovea.Interop.Onnx;

/// <summary>What stands for a node in the tree of modules: its name, and the parameters and state that the file gives
/// it.</summary>
/// <param name="name">Its name.</param>
internal sealed class OnnxLayer(string name) : Module
{
    private readonly List<(string Name, object Member)> _members = [];

    /// <summary>Its name among the layers of the network.</summary>
    public string Name { get; } = name;

    /// <summary>Number of batches that a normalization has seen; made where one is asked for.</summary>
    public StateBuffer? Batches { get; private set; }

    /// <summary>The layer that drops units in training; made where one is asked for.</summary>
    public Dropout? Drop { get; private set; }

    /// <summary>Whether its slopes are of channels, whatever their number of axes is.</summary>
    public bool IsOfChannels { get; set; }

    /// <summary>Adds a parameter or state.</summary>
    public void Add(string member, object tensor) => _members.Add((member, tensor));

    /// <summary>Whether a member has a name.</summary>
    public bool Has(string member) => _members.Exists(m => m.Name == member);

    /// <summary>Adds a count of batches.</summary>
    /// <param name="type">Type of the statistics beside it: an operator has inputs of one.</param>
    public void AddBatches(DType type)
    {
        Batches = new StateBuffer([], 0f) { IsDiscrete = true };
        if (type != DType.Float32)
        {
            Batches.Assign(Tensor.Scalar(0.0, type));
        }

        Add("num_batches_tracked", Batches);
    }

    /// <summary>Adds what drops units in training.</summary>
    public void AddDrop(double probability)
    {
        Drop = new Dropout(probability);
        Add("drop", Drop);
    }

    /// <summary>Not to be called: the network runs its nodes.</summary>
    public override Tensor Forward(Tensor x) =>
        throw new NotSupportedException($"'{Name}' is a node of an ONNX network; run the network.");

    /// <inheritdoc/>
    protected internal override IEnumerable<(string Name, object Member)> Members() => _members;
}
