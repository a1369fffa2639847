namespace Fovea;

/// <summary>The modes of a module and all below it, training or evaluation, set back when disposed. See
/// <see cref="Module.KeepModes"/>.</summary>
public sealed class ModuleModes : IDisposable
{
    private readonly (Module Module, bool Mode)[] _modes;

    internal ModuleModes(Module module) => _modes = [.. module.NamedModules().Select(m => (m.Module, m.Module.Mode))];

    /// <summary>Sets every module back to the mode it had.</summary>
    public void Dispose()
    {
        foreach ((Module module, bool mode) in _modes)
        {
            module.Mode = mode;
        }
    }
}
