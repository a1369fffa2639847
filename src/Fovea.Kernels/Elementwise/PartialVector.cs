using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Loads and stores the first few lanes of a vector, touching no other memory.</summary>
internal static unsafe class PartialVector
{
    /// <summary>The first <paramref name="count"/> lanes from memory, the others zero.</summary>
    public static Vector<T> Load<T>(T* source, int count)
        where T : unmanaged
    {
        Vector<T> value = default;
        T* lanes = (T*)&value;
        for (int i = 0; i < count; i++)
        {
            lanes[i] = source[i];
        }

        return value;
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    public static void Store<T>(Vector<T> value, T* destination, int count)
        where T : unmanaged
    {
        T* lanes = (T*)&value;
        for (int i = 0; i < count; i++)
        {
            destination[i] = lanes[i];
        }
    }
}
