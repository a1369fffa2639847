namespace Fovea.Workbench;

/// <summary>Copies of all that a probe may change, to begin anew from.</summary>
internal sealed class ProbeState
{
    private readonly ProbeContext _context;
    private readonly Dictionary<string, Tensor> _weights;
    private readonly Dictionary<string, Tensor>? _optimizer;
    private readonly double _learningRate;
    private readonly IReadOnlyDictionary<string, RngState> _random;
    private readonly (Parameter Parameter, Tensor? Gradient, bool RequiresGrad)[] _gradients;
    private readonly ModuleModes _modes;

    public ProbeState(ProbeContext context)
    {
        _context = context;
        _weights = Copy(context.Model.StateDict());
        _optimizer = context.Optimizer is { } optimizer ? Copy(optimizer.StateDict()) : null;
        _learningRate = context.Optimizer?.LearningRate ?? 0.0;
        _random = SessionCheckpoint.RandomStates(context.Model);
        _gradients = [.. context.Model.Parameters().Select(p => (p, p.Grad?.Clone(), p.RequiresGrad))];
        _modes = context.Model.KeepModes();
    }

    /// <summary>Puts everything back; as often as wished.</summary>
    public void Restore()
    {
        Module model = _context.Model;
        if (model.StateDict().FirstOrDefault(t => t.Value.DType != _weights[t.Key].DType) is { Key: { } converted })
        {
            model.To(_weights[converted].DType);
        }

        model.LoadStateDict(_weights);
        if (_optimizer is not null)
        {
            _context.Optimizer!.LoadStateDict(_optimizer);
            _context.Optimizer.LearningRate = _learningRate;
        }

        SessionCheckpoint.RestoreRandom(model, _random);
        foreach ((Parameter parameter, Tensor? gradient, bool requires) in _gradients)
        {
            parameter.RequiresGrad = requires;
            parameter.Grad = gradient?.Clone();
        }

        _modes.Dispose();
    }

    /// <summary>Copies of tensors by name.</summary>
    public static Dictionary<string, Tensor> Copy(IReadOnlyDictionary<string, Tensor> tensors) =>
        tensors.ToDictionary(t => t.Key, t => t.Value.Clone());
}
